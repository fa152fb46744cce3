public import ArgumentParser
public import CorralData
public import CorralIndex
import CorralPipeline
package import CorralTraining

extension HeldOut: ExpressibleByArgument {}
extension IndexSettings.Kind: ExpressibleByArgument {}
extension VectorExport.Format: ExpressibleByArgument {}
extension ClusterSettings.Kind: ExpressibleByArgument {}
