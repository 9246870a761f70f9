import App
import ArgumentParser

@main
struct Program {
    static func main() async {
        await VoiceAgentProgram.main()
    }
}
