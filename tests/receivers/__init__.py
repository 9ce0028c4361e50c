"""What the receivers' tests share: genuine requests, sample bodies, an AWS in memory, and the contract's responses."""
