import Foundation

/// A registration and an answer by a 2,048-bit RSA key, made with Python's cryptography 50.0.2 for the challenge 0…31.
enum RSAFixture {
    static let registration = Data(
        """
        {"id":"AAECAwQFBgcICQoLDA0ODw","rawId":"AAECAwQFBgcICQoLDA0ODw","type":"public-key","response":{"clientDataJSON":"\
        eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVU\
        ZSWVhHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHBzOi8vYXBwLmV4YW1wbGUub3JnIiwiY3Jvc3NPcmlnaW4iOmZh\
        bHNlfQ\
        ","attestationObject":"\
        o2NmbXRmcGFja2VkZ2F0dFN0bXSiY2FsZzkBAGNzaWdZAQB0JM5oqiCSWc9V2J86wgdij_9TrYtHE6DA5GfkafiL-Y\
        5FEAdP7-DCeh9jPPRH9IAHk0lHPKycrpnUCduZPJAeRe0WRk_m31Miqx17zw4b-cypnQ3C1PLUUW7Hf-Xpwmxuvc2Y\
        xADHoSAYtiz8BqiE7pK5e0EkfWsr614dWuq-e5Iuj6RLBe-wNhwD1Bjz-mv2Vk6B2fHUhzuS5dguA1J1T-J5D7vnkM\
        OtHLlYEMguF6WNvod_HJcnGPrIYRoTvNiEBHvYF0Wax98dX3bR8r5UgF9jJLRtBHR5T-3593vr2poPNjpwyLdehvLf\
        Hoc8cuoGjbnM3eZlY2VSmM_c-FVmaGF1dGhEYXRhWQFXv6vDdDKViwYzYNOtZGHJxHNa5_jt1GWSpeDwFFKy5LVFAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAEAABAgMEBQYHCAkKCwwNDg-kAQMDOQEAIFkBANLZ6ZGOE0ExJHhdhqHGn7qxiFIt\
        KhxVbSAsBzgKY3rp9Ml3W0ayyQ0KTTXIzybLT9NkyaKYReNouRF1Z_hfJ0YReaLdLpcucPYDRnoK5s4RLefio0jJ8Q\
        m-uzWEkiAhSsvhxzlqPaQNzFOkEN2LJ4AXXg5efkdALWaIL2qd-NanJCm7O28HcrjlJIlXTzcXpDvg3iewFLh07i_h\
        W4UXDbRi-ubvlSz20TRuxeOLGNAifn6Sholyd-WTS77f-y11JjEd4JZWUDrNiqrbIiby-Dfx8BDdoQQLwXuo4PXW0v\
        pamYP7iu4R0CN5MO4_2R1Y78gbsm2V6LGXNGClywdW_j0hQwEAAQ\
        "}}
        """.utf8
    )

    static let assertion = answer(signCount: "Bw")
    static let alteredAssertion = answer(signCount: "CA")

    private static func answer(signCount: String) -> Data {
        Data(
            """
            {"id":"AAECAwQFBgcICQoLDA0ODw","rawId":"AAECAwQFBgcICQoLDA0ODw","type":"public-key","response":{"clientDataJSON":"\
            eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWV\
            hHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHBzOi8vYXBwLmV4YW1wbGUub3JnIiwiY3Jvc3NPcmlnaW4iOmZhbHNl\
            fQ\
            ","authenticatorData":"v6vDdDKViwYzYNOtZGHJxHNa5_jt1GWSpeDwFFKy5LUFAAAA\(signCount)","signature":"\
            WkAijhc2kYVnT6n0tzfHrAJn9suRcZRID4CN5XL5apnYgJaEINiXPR3wR6dOsUExMGmiP8oKPhWy917pNqF6mfZqna\
            nGmgBbLe37LSPcDZmKKRb4HB_751nx0gzhGih08v8O-vsEG4wbhZgE3pT1Vr4NQFdtAgdQmoetPtZWvD8D03FuoXJw\
            vepb-nmrcVNOZqvWz-tzlXGqaq696pXWm-zpvkhCjTTr8wJKFrHO52x8k0FVGa5kfXmxLYYrTIC7IkELa26j_IAk56\
            IJVaLGpGqluDYGgQk6MmcrF1McRuj7DcEfNHjSdkL88_2J0x6GIm7BniH1xeHuxt75MxZD8A\
            "}}
            """.utf8
        )
    }
}
