import CTorch

@main struct Corral { static func main() { print(ct_threads()) } }
