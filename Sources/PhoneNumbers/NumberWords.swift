/// The words that stand beside numbers, in lower case.
enum NumberWords {
    /// In front of a number, without meaning.
    static let labels: Set<String> = [
        "tel", "telefon", "telefonnummer", "telephone", "phone", "fon", "mobil", "mobile", "mobiltelefon", "handy",
        "nr", "nummer",
    ]

    /// Between a number and its extension. `p` and `w` are the pauses that mobile phones store.
    static let extensions: Set<String> = [
        "ext", "extn", "xtn", "extension", "extensión", "x", "dw", "durchw", "durchwahl", "kl", "klappe", "klp", "app",
        "apparat", "nst", "nebenst", "nebenstelle", "intern", "interno", "int", "poste", "anexo", "доб", "добавочный",
        "p", "w",
    ]

    /// Between two numbers.
    static let conjunctions: Set<String> = ["oder", "und", "bzw", "sowie", "or", "and"]
}
