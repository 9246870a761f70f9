import Kernel
import Testing

@Suite struct ClientAddressTests {
    @Test(
        "E2: the bits decide, not the notation",
        arguments: [
            ("1.2.3.4", "4/32:1.2.3.4"),
            ("::ffff:1.2.3.4", "4/32:1.2.3.4"),
            ("::ffff:102:304", "4/32:1.2.3.4"),
            ("::FFFF:0102:0304", "4/32:1.2.3.4"),
            ("0:0:0:0:0:ffff:1.2.3.4", "4/32:1.2.3.4"),
            ("2001:db8:1234:5678::1.2.3.4", "6/64:20010db812345678"),
            ("2001:DB8:1234:5678:0:0:102:304", "6/64:20010db812345678"),
            ("64:ff9b::1.2.3.4", "6/64:0064ff9b00000000"),
            ("::1.2.3.4", "6/64:0000000000000000"),
            ("::1", "6/64:0000000000000000"),
            ("fe80::1", "6/64:fe80000000000000"),
            ("255.255.255.255", "4/32:255.255.255.255"),
        ]
    )
    func canonical(text: String, bucket: String) throws {
        #expect(try #require(ClientAddress(text)).buckets.first == bucket)
    }

    @Test(
        "E2: what is not exactly an address is refused",
        arguments: [
            "fe80::1%eth0", "1.2.3", "01.2.3.4", "1.2.3.4:80", "[::1]", " 1.2.3.4", "1.2.3.256", "", "::g", "1::2::3",
            "0x1.2.3.4", "localhost", "1.2.3.4\u{0}",
        ]
    )
    func refused(text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test("E2: 65,536 addresses of one /64 share one bucket, and /56 and /48 are wider")
    func oneNetworkOneBucket() throws {
        let buckets = Set(
            (0..<65_536).compactMap { ClientAddress("2001:db8:1:2::" + String($0, radix: 16))?.buckets.first }
        )
        #expect(buckets == ["6/64:20010db800010002"])
        let neighbour = try #require(ClientAddress("2001:db8:1:3::1"))
        #expect(neighbour.buckets == ["6/64:20010db800010003", "6/56:20010db8000100", "6/48:20010db80001"])
    }

    @Test("E3: only as many hops are believed as there are proxies of ours")
    func forwarded() throws {
        let peer = try #require(ClientAddress("10.0.0.1"))
        func client(_ fields: [String], _ proxies: Int) -> String? {
            ClientAddress.client(peer: peer, forwardedFor: fields, trustedProxies: proxies).buckets.first
        }
        #expect(client(["6.6.6.6"], 0) == "4/32:10.0.0.1")
        #expect(client(["6.6.6.6, 1.2.3.4"], 1) == "4/32:1.2.3.4")
        #expect(client(["6.6.6.6", "1.2.3.4"], 1) == "4/32:1.2.3.4")
        #expect(client(["6.6.6.6, 1.2.3.4, 10.0.0.2"], 2) == "4/32:1.2.3.4")
        #expect(client(["1.2.3.4"], 2) == "4/32:10.0.0.1")
        #expect(client([], 1) == "4/32:10.0.0.1")
        #expect(client(["1.2.3.4, unknown"], 1) == "4/32:10.0.0.1")
        #expect(client(["1.2.3.4, "], 1) == "4/32:10.0.0.1")
        #expect(client(["1.2.3.4:5555"], 1) == "4/32:10.0.0.1")
    }

    @Test func `a printed address shows the network only`() throws {
        #expect(try #require(ClientAddress("1.2.3.4")).description == "1.2.3.0/24")
        #expect(try #require(ClientAddress("2001:db8:1:2::3")).description == "2001:db8:1::/48")
        #expect(try #require(ClientAddress("::1")).isLoopback)
        #expect(try #require(ClientAddress("::ffff:127.0.0.1")).isLoopback)
    }
}
