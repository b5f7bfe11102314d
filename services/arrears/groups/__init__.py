"""At-risk clusters, what to do about them first, and who stands close to a party."""
