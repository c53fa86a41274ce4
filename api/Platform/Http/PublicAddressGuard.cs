using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// Keeps requests to URLs that a tenant may set (webhooks and the like) on the public internet, so that nobody can
/// make the API speak to its own network (server-side request forgery).
/// </summary>
/// <remarks>
/// A name may resolve to another address a second later, so a check before the request proves nothing:
/// the connection itself resolves the name, judges every address and opens its socket to a judged one.
/// </remarks>
/// <param name="options">What the operator allows.</param>
/// <param name="resolve">Turns a host name into its addresses; the system's resolver if not given.</param>
public sealed class PublicAddressGuard(
    OutgoingOptions options,
    Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const string NotPublic = "The URL's host must lead to public addresses only.";
    private const string Unresolved = "The URL's host name could not be resolved.";

    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    // One dead address must not use up the whole limit while the host has others.
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(4);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>
    /// Judges a URL when somebody sets it, so that they hear of a mistake at once. It is judged again at each
    /// connection.
    /// </summary>
    /// <returns>Why the URL is refused, as a sentence fit for its author; null if it is accepted.</returns>
    public async Task<string?> CheckAsync(Uri url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (RefusalOfShape(url) is { } refusal)
            return refusal;
        try
        {
            return RefusalOfAddresses(await AddressesAsync(url.IdnHost, cancellationToken), url.Port);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            return Unresolved;
        }
    }

    /// <summary>
    /// A handler whose every request and connection is judged. It follows no redirect, uses no proxy, keeps no cookie
    /// and tells the receiver none of our trace ids.
    /// </summary>
    /// <remarks>A refusal is thrown as <see cref="ForbiddenAddressException"/> by whatever sends the request.</remarks>
    public HttpMessageHandler CreateHandler()
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            PreAuthenticate = false,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectLimit,
            // Of an answer that goes on and on no more is read; its connection is closed instead.
            MaxResponseDrainSize = 16 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        return new ShapeHandler(this) { InnerHandler = sockets };
    }

    private string? RefusalOfShape(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https"))
            return "The URL must begin with https://.";
        if (url.Scheme == "http" && !options.AllowHttp)
            return "The URL must begin with https://; http:// is not accepted.";
        if (url.UserInfo.Length > 0)
            return "The URL must not contain a user name or password.";
        return RefusalOfHost(url.IdnHost) ?? RefusalOfPort(url);
    }

    private string? RefusalOfHost(string host)
    {
        // A dot at the end names the same host, and a zone id names a network card of ours.
        var name = host.TrimEnd('.').ToLowerInvariant();
        if (name.Length == 0 || name.Contains('%', StringComparison.Ordinal))
            return "The URL's host is not a valid name.";
        if (IPAddress.TryParse(name, out var address))
            return RefusalOf(address);
        if (name is "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal))
            return options.AllowLoopback ? null : NotPublic;
        if (name is "internal" or "local" || name.EndsWith(".internal", StringComparison.Ordinal)
            || name.EndsWith(".local", StringComparison.Ordinal))
            return NotPublic;
        // No public name ends in a number; a resolver may still read 0x7f.1, 127.1 or 999.1.1.1 as an address.
        return EndsInNumber(name) || !name.All(IsHostCharacter) ? "The URL's host is not a valid name." : null;
    }

    private static bool EndsInNumber(string name)
    {
        var last = name.AsSpan(name.LastIndexOf('.') + 1);
        return last.Length == 0 || char.IsAsciiDigit(last[0])
            && (!last.ContainsAnyExceptInRange('0', '9') || last.StartsWith("0x", StringComparison.Ordinal));
    }

    private static bool IsHostCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_';

    private string? RefusalOfPort(Uri url)
    {
        // With loopback allowed the port is judged together with the address: tests and samples listen anywhere.
        if (options.AllowLoopback || IsAllowedPort(url.Port))
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"The URL's port {url.Port} is not accepted; use 443.");
    }

    private bool IsAllowedPort(int port) => port is 80 or 443 || options.Ports.Contains(port);

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host.TrimEnd('.'), out var address))
            return [address];
        // The system's resolver blocks a thread and hears no cancellation, hence the limit from outside.
        return await resolve(host, cancellationToken).WaitAsync(ResolveLimit, cancellationToken);
    }

    private string? RefusalOfAddresses(IPAddress[] addresses, int port)
    {
        if (addresses.Length == 0)
            return Unresolved;
        // One bad address refuses the host: a name that mixes public and private addresses is an attack or a mistake.
        return addresses.Select(RefusalOf).FirstOrDefault(refusal => refusal is not null)
            ?? (IsAllowedPort(port) || addresses.All(PublicAddresses.IsLoopback)
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"The URL's port {port} is not accepted; use 443."));
    }

    // The sentence does not name the address: it would tell strangers what our own DNS answers.
    private string? RefusalOf(IPAddress address) =>
        PublicAddresses.IsPublic(address) || (options.AllowLoopback && PublicAddresses.IsLoopback(address))
            ? null
            : NotPublic;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        if (RefusalOfAddresses(addresses, context.DnsEndPoint.Port) is { } refusal)
            throw new ForbiddenAddressException(refusal);

        for (var index = 0; ; index++)
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            attempt.CancelAfter(AttemptLimit);
            try
            {
                return await ConnectAsync(new IPEndPoint(Plain(addresses[index]), context.DnsEndPoint.Port), attempt.Token);
            }
            catch (Exception exception) when (index + 1 < addresses.Length && !cancellationToken.IsCancellationRequested
                && exception is SocketException or OperationCanceledException)
            {
                // The next address may answer.
            }
        }
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static async Task<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Judges what a pooled connection no longer sees: each request's URL.</summary>
    private sealed class ShapeHandler(PublicAddressGuard guard) : DelegatingHandler
    {
        // The inherited method would go straight to the sockets, past this check.
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The guarded client sends asynchronously only.");

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (guard.RefusalOfShape(request.RequestUri!) is { } refusal)
                throw new ForbiddenAddressException(refusal);
            // HTTP/3 opens its own connections, past the guard's.
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            if (request.Version > HttpVersion.Version20)
                request.Version = HttpVersion.Version20;
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.InnerException is ForbiddenAddressException forbidden)
            {
                throw new ForbiddenAddressException(forbidden.Message, exception);
            }
        }
    }
}

/// <summary>An outgoing request was refused because of where its URL leads. Trying again does not help.</summary>
/// <param name="message">Why, as a sentence fit for the URL's author.</param>
/// <param name="inner">The failed connection, if the refusal came that late.</param>
public sealed class ForbiddenAddressException(string message, Exception? inner = null)
    : HttpRequestException(HttpRequestError.ConnectionError, message, inner);

/// <summary>Registers the guarded client.</summary>
public static class PublicAddressGuardSetup
{
    /// <summary>The name of the guarded <see cref="HttpClient"/>.</summary>
    public const string ClientName = "outgoing";

    // A receiver's answer is read for a log line and never for its content; 1 MiB stops one that never ends.
    private const int AnswerLimit = 1024 * 1024;

    // As long as a webhook's receiver may take (docs: "Webhooks out").
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Adds <see cref="PublicAddressGuard"/> and the <see cref="HttpClient"/> named <see cref="ClientName"/>, the one
    /// through which every tenant-set URL is called.
    /// </summary>
    public static IServiceCollection AddPublicAddressGuard(this IServiceCollection services)
    {
        services.AddOptions<OutgoingOptions>()
            .BindConfiguration("Outgoing")
            .Validate(
                options => options.Ports.All(port => port is > 0 and <= IPEndPoint.MaxPort),
                "Outgoing:Ports must be between 1 and 65535.")
            .ValidateOnStart();
        services.AddSingleton(provider =>
            new PublicAddressGuard(provider.GetRequiredService<IOptions<OutgoingOptions>>().Value));
        services.AddHttpClient(ClientName, client =>
            {
                client.Timeout = Limit;
                client.MaxResponseContentBufferSize = AnswerLimit;
            })
            .ConfigurePrimaryHttpMessageHandler(provider =>
                provider.GetRequiredService<PublicAddressGuard>().CreateHandler())
            // The handler renews its own connections, so that DNS changes are heard.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // A tenant's URL often holds a secret; the factory's loggers would write it down.
            .RemoveAllLoggers();
        return services;
    }
}
