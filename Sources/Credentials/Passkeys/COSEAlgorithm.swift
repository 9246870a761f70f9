/// The signatures that the options offer, best first, by their numbers in the COSE registry.
enum COSEAlgorithm: Int, CaseIterable {
    case es256 = -7
    case edDSA = -8
    case rs256 = -257
}
