using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Tokens for customers, which a browser may hold.</summary>
public interface IEndUserTokens
{
    /// <summary>Make a token for an end user.</summary>
    /// <remarks>For one customer, who sees with it what is theirs. Hand it to their browser or app, and make a new one when it has expired. Needs <c>end_users.mint</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<EndUserToken> CreateAsync(CreateEndUserTokenRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateEndUserTokenRequest, RequestOptions?, CancellationToken)"/>
    Task<EndUserToken> CreateAsync(CreateEndUserTokenRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);
}

internal sealed class EndUserTokensResource(Wire wire) : IEndUserTokens
{
    public Task<EndUserToken> CreateAsync(CreateEndUserTokenRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(EndUserTokensRequests.Create(request), options, cancellationToken);
}
