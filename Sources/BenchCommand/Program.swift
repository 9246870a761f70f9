import ArgumentParser
import Bench

@main
struct Program {
    static func main() async {
        await BenchProgram.main()
    }
}
