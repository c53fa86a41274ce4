using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OpenIddict.Server;
using OpenIddict.Validation;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// What checks tokens copies the keys of what signs them once, and so must be told when those are others: else it
/// would refuse tokens of a new key, and take those of one that ended.
/// </summary>
internal sealed class KnownKeys : IOptionsChangeTokenSource<OpenIddictValidationOptions>, IDisposable
{
    private readonly IDisposable? listening;
    private CancellationTokenSource changed = new();

    // Called when the server's options are made anew already, so that the new ones are copied.
    public KnownKeys(IOptionsMonitor<OpenIddictServerOptions> server) => listening = server.OnChange(_ =>
    {
        using var before = Interlocked.Exchange(ref changed, new CancellationTokenSource());
        before.Cancel();
    });

    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(changed.Token);

    public void Dispose()
    {
        listening?.Dispose();
        changed.Dispose();
    }
}
