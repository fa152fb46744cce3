// CorralSampling
