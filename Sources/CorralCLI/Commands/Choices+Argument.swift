public import ArgumentParser
public import CorralData
public import CorralIndex
import CorralPipeline

extension HeldOut: ExpressibleByArgument {}
extension IndexSettings.Kind: ExpressibleByArgument {}
extension VectorExport.Format: ExpressibleByArgument {}
