import ArgumentParser
import Sandbox

@main
struct Program {
    static func main() async {
        await SandboxProgram.main()
    }
}
