import ArgumentParser

@main struct Corral: ParsableCommand {
}
