namespace HeadlessSupport.Api.Tests;

/// <summary>Tests that keep the machine busy for long run one after the other, when all others are done.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
