/// Hears modem sound in raw µ-law and writes it down.
///
/// Non-coherent: the energies of the two tones are compared over a sliding window of about one bit, so neither phase
/// nor level matters. It may be fed in chunks of any size and may begin anywhere in the sound; it finds its place within
/// a few words. A character whose stop bit is missing is written as U+FFFD; one that the end of the sound
/// cuts off is not written at all.
package struct ModemDecoder: Sendable {
    package enum Event: Sendable, Equatable {
        /// A modem began to speak. Positions are in samples since the first sample ever decoded.
        case began(at: Int)
        /// `text` was heard from `start` (its start bit) to `end` (its stop bit).
        case text(String, start: Int, end: Int)
        case ended(at: Int)
    }

    private enum Reception: Sendable {
        /// The line is idle: the next change from mark to space is a start bit.
        case idle
        /// A character whose start edge was at `edge` (window end, in samples); `bit` is decided next, 0 the start bit.
        case character(edge: Double, bit: Int, byte: UInt8)
        /// After a missing stop bit: nothing counts until the line has been at mark again.
        case lost
    }

    private static let blockSize = 4
    private static let blocksInWindow = 7
    private static let windowSize = Double(blockSize * blocksInWindow)
    /// Below this power per sample the line is silent (amplitude of about 60 in 32,124).
    private static let minimumPower = 1_800.0
    private static let carrierOn = 0.24
    private static let carrierOff = 0.12

    /// Samples decoded so far.
    package private(set) var position = 0
    package private(set) var hasCarrier = false

    /// Correlations with the two tones, in phase and in quadrature, and the power.
    private struct Sums {
        var markI = 0.0
        var markQ = 0.0
        var spaceI = 0.0
        var spaceQ = 0.0
        var power = 0.0

        mutating func slide(in new: Sums, out old: Sums) {
            markI += new.markI - old.markI
            markQ += new.markQ - old.markQ
            spaceI += new.spaceI - old.spaceI
            spaceQ += new.spaceQ - old.spaceQ
            power += new.power - old.power
        }
    }

    private var block = Sums()
    private var blockFill = 0
    private var history = [Sums](repeating: Sums(), count: blocksInWindow)
    private var oldest = 0
    private var window = Sums()
    private var silentBlocks = blocksInWindow
    private var phase = 0

    private var difference = 0.0
    private var quality = 0.0
    private var reception = Reception.idle
    private var assembler = UTF8Assembler()
    private var characterStart = 0

    package init() {}

    /// Decodes more sound and returns what it completed.
    package mutating func decode(_ sound: [UInt8]) -> [Event] {
        sound.withUnsafeBytes { decode($0) }
    }

    package mutating func decode(_ sound: UnsafeRawBufferPointer) -> [Event] {
        var events = [Event]()
        if isIdle, sound.allSatisfy({ $0 | 0x80 == MuLaw.silence }) {
            position += sound.count
            return events
        }
        MuLaw.linear.withUnsafeBufferPointer { linear in
            ModemLine.references.withUnsafeBufferPointer { tones in
                for code in sound {
                    let sample = Double(linear[Int(code)])
                    let tone = phase * 4
                    block.markI += sample * tones[tone]
                    block.markQ += sample * tones[tone + 1]
                    block.spaceI += sample * tones[tone + 2]
                    block.spaceQ += sample * tones[tone + 3]
                    block.power += sample * sample
                    phase = phase + 1 == ModemLine.phasePeriod ? 0 : phase + 1
                    position += 1
                    blockFill += 1
                    if blockFill == Self.blockSize { completeBlock(&events) }
                }
            }
        }
        return events
    }

    /// Nothing of an earlier sound is left in the window.
    private var isIdle: Bool {
        !hasCarrier && silentBlocks >= Self.blocksInWindow && blockFill == 0
    }

    private mutating func completeBlock(_ events: inout [Event]) {
        window.slide(in: block, out: history[oldest])
        history[oldest] = block
        silentBlocks = block.power < Self.minimumPower * Double(Self.blockSize) ? silentBlocks + 1 : 0
        block = Sums()
        blockFill = 0
        oldest = oldest + 1 == Self.blocksInWindow ? 0 : oldest + 1
        if silentBlocks >= Self.blocksInWindow { clearWindow() }
        evaluate(&events)
    }

    /// Starts the sums afresh in silence, so that rounding never accumulates over a long call.
    private mutating func clearWindow() {
        window = Sums()
        for index in history.indices { history[index] = Sums() }
    }

    private mutating func evaluate(_ events: inout [Event]) {
        let mark = window.markI * window.markI + window.markQ * window.markQ
        let space = window.spaceI * window.spaceI + window.spaceQ * window.spaceQ
        let power = window.power
        let isSilent = power < Self.minimumPower * Self.windowSize
        let purity = isSilent ? 0 : max(mark, space) / (Self.windowSize * power)
        let previous = difference
        difference = mark - space
        quality += (purity - quality) / 8

        if !hasCarrier {
            guard quality > Self.carrierOn else { return }
            hasCarrier = true
            reception = .idle
            events.append(.began(at: max(0, position - Int(Self.windowSize))))
            return
        }
        if quality < Self.carrierOff {
            hasCarrier = false
            assembler.discard()
            reception = .idle
            events.append(.ended(at: max(0, position - Int(Self.windowSize))))
            return
        }
        receive(previous: previous, isSilent: isSilent, &events)
    }

    private mutating func receive(previous: Double, isSilent: Bool, _ events: inout [Event]) {
        switch reception {
        case .lost:
            if difference > 0 { reception = .idle }
        case .idle:
            guard previous > 0, difference <= 0 else { return }
            let fraction = previous / (previous - difference)
            let edge = Double(position - Self.blockSize) + Double(Self.blockSize) * fraction
            reception = .character(edge: edge, bit: 0, byte: 0)
        case .character(let edge, let bit, let byte):
            let decisionPoint = edge + (Double(bit) + 0.5) * ModemLine.samplesPerBit
            guard Double(position) >= decisionPoint else { return }
            if isSilent {
                reception = .lost
                return
            }
            let share = (Double(position) - decisionPoint) / Double(Self.blockSize)
            let isMark = difference + (previous - difference) * share > 0
            decide(isMark: isMark, edge: edge, bit: bit, byte: byte, &events)
        }
    }

    private mutating func decide(isMark: Bool, edge: Double, bit: Int, byte: UInt8, _ events: inout [Event]) {
        switch bit {
        case 0:
            reception = isMark ? .idle : .character(edge: edge, bit: 1, byte: 0)
        case 1...8:
            let value = isMark ? byte | 1 << (bit - 1) : byte
            reception = .character(edge: edge, bit: bit + 1, byte: value)
        default:
            let start = Int(edge - Self.windowSize / 2)
            let end = Int(edge - Self.windowSize / 2 + 10 * ModemLine.samplesPerBit)
            if isMark, byte == 0xFF {
                // Nothing but mark: no character, UTF-8 has no such byte, but the jump of phase where two sounds meet.
                reception = .idle
            } else if isMark {
                reception = .idle
                let text = assembler.append(byte)
                if !text.isEmpty { events.append(.text(text, start: max(0, start), end: end)) }
            } else {
                reception = .lost
                assembler.discard()
                events.append(.text(UTF8Assembler.replacement, start: max(0, start), end: end))
            }
        }
    }
}
