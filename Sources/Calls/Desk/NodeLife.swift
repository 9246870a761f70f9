/// One life of one process: its name, and the count of its starts.
package struct NodeLife: Sendable, Hashable {
    package let node: String
    package let epoch: Int64

    package init(node: String, epoch: Int64) {
        self.node = node
        self.epoch = epoch
    }
}
