public import ArgumentParser
public import CorralData
public import CorralIndex

extension HeldOut: ExpressibleByArgument {}
extension IndexSettings.Kind: ExpressibleByArgument {}
