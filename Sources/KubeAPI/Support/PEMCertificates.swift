/// The certificates of a bundle.
enum PEMCertificates {
    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// A bundle without the blocks that are no certificates, where others are: libcurl would take none of them.
    ///
    /// Go: `crypto/x509.CertPool.AppendCertsFromPEM`, which passes over them too.
    static func usable(in bundle: [UInt8]) -> [UInt8] {
        let lines = String(decoding: bundle, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }
        var blocks: [[Substring]] = []
        var current: [Substring]?
        for line in lines {
            if line.trimmed == begin {
                current = []
            } else if line.trimmed == end {
                blocks += current.map { [$0] } ?? []
                current = nil
            } else {
                current?.append(line)
            }
        }
        let good = blocks.filter(isCertificate)
        guard !good.isEmpty, good.count < blocks.count else { return bundle }
        let texts = good.map { "\(begin)\n\($0.joined(separator: "\n"))\n\(end)\n" }
        return Array(texts.joined().utf8)
    }

    /// Whether the lines hold one DER sequence from end to end, as far as its first two bytes of length tell.
    private static func isCertificate(_ lines: [Substring]) -> Bool {
        guard let der = Base64.decode(lines.map { String($0.trimmed) }.joined()), der.count > 4, der[0] == 0x30 else {
            return false
        }
        let lengthBytes = Int(der[1] & 0x7F)
        guard der[1] & 0x80 != 0, (1...3).contains(lengthBytes), der.count > 2 + lengthBytes else { return false }
        let length = der[2..<2 + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
        return der.count == 2 + lengthBytes + length
    }
}
