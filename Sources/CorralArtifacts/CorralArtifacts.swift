// CorralArtifacts
