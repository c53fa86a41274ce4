using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>
/// The API of HeadlessSupport: customer support to build on. Make one and keep it; it is safe to use from many threads.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public class HeadlessSupportClient : IDisposable
{
    private readonly Wire? wire;
    private readonly HttpClient? own;

    /// <summary>Makes a client.</summary>
    /// <param name="apiKey">An API key, <c>hs_live_…</c> or <c>hs_test_…</c>.</param>
    /// <param name="baseAddress">Where the API is: <c>https://support.example.com</c>.</param>
    /// <exception cref="ArgumentException">One of them is not what it should be.</exception>
    public HeadlessSupportClient(string apiKey, string baseAddress)
        : this(new HeadlessSupportOptions { ApiKey = apiKey, BaseAddress = Uri.TryCreate(baseAddress, UriKind.Absolute, out var address) ? address : null })
    {
    }

    /// <summary>Makes a client with connections of its own.</summary>
    /// <param name="options">How it reaches the API. They are read once.</param>
    /// <exception cref="ArgumentException">An option is not what it should be.</exception>
    public HeadlessSupportClient(HeadlessSupportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        wire = new Wire(options, () => own!);
        own = new HttpClient(NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Makes a client that sends by an <see cref="HttpClient"/> of yours. It stays yours: disposing the client leaves it.</summary>
    /// <param name="options">How it reaches the API. They are read once.</param>
    /// <param name="http">What it sends by. Set its <see cref="HttpClient.Timeout"/> to more than the options', or to infinite.</param>
    /// <exception cref="ArgumentException">An option is not what it should be.</exception>
    public HeadlessSupportClient(HeadlessSupportOptions options, HttpClient http)
        : this(options, () => http)
    {
        ArgumentNullException.ThrowIfNull(http);
    }

    internal HeadlessSupportClient(HeadlessSupportOptions options, Func<HttpClient> http)
    {
        ArgumentNullException.ThrowIfNull(options);
        wire = new Wire(options, http);
    }

    private HeadlessSupportClient(Wire wire) => this.wire = wire;

    /// <summary>For mocks that override what they need.</summary>
    protected HeadlessSupportClient()
    {
    }

    /// <summary>The keys that servers call the API with.</summary>
    public virtual IApiKeys ApiKeys => field ??= new ApiKeysResource(Wire);

    /// <summary>The OAuth apps that the organization lets in.</summary>
    public virtual IAppInstalls AppInstalls => field ??= new AppInstallsResource(Wire);

    /// <summary>The OAuth apps that the organization publishes.</summary>
    public virtual IApps Apps => field ??= new AppsResource(Wire);

    /// <summary>Files.</summary>
    public virtual IAttachments Attachments => field ??= new AttachmentsResource(Wire);

    /// <summary>Who changed what of the settings and of access.</summary>
    public virtual IAuditLog AuditLog => field ??= new AuditLogResource(Wire);

    /// <summary>The companies that customers belong to.</summary>
    public virtual ICompanies Companies => field ??= new CompaniesResource(Wire);

    /// <summary>The e-mail domains that the organization has proved to be its own.</summary>
    public virtual IDomains Domains => field ??= new DomainsResource(Wire);

    /// <summary>Tokens for customers, which a browser may hold.</summary>
    public virtual IEndUserTokens EndUserTokens => field ??= new EndUserTokensResource(Wire);

    /// <summary>All that happens, in its order.</summary>
    public virtual IEvents Events => field ??= new EventsResource(Wire);

    /// <summary>Where tickets come in.</summary>
    public virtual IInboxes Inboxes => field ??= new InboxesResource(Wire);

    /// <summary>Staff who are asked to join.</summary>
    public virtual IInvitations Invitations => field ??= new InvitationsResource(Wire);

    /// <summary>Who the key or token stands for.</summary>
    public virtual IMe Me => field ??= new MeResource(Wire);

    /// <summary>The organization that the key belongs to.</summary>
    public virtual IOrganization Organization => field ??= new OrganizationResource(Wire);

    /// <summary>All organizations of the installation, for its operator.</summary>
    public virtual IOrganizations Organizations => field ??= new OrganizationsResource(Wire);

    /// <summary>What keys and roles may be allowed.</summary>
    public virtual IPermissions Permissions => field ??= new PermissionsResource(Wire);

    /// <summary>What staff may do.</summary>
    public virtual IRoles Roles => field ??= new RolesResource(Wire);

    /// <summary>Where staff are signed in.</summary>
    public virtual ISessions Sessions => field ??= new SessionsResource(Wire);

    /// <summary>Sign-in by the organization's own identity provider.</summary>
    public virtual ISsoConnections SsoConnections => field ??= new SsoConnectionsResource(Wire);

    /// <summary>The words that tickets are sorted by.</summary>
    public virtual ITags Tags => field ??= new TagsResource(Wire);

    /// <summary>Groups of staff.</summary>
    public virtual ITeams Teams => field ??= new TeamsResource(Wire);

    /// <summary>What customers ask, with its whole life.</summary>
    public virtual ITickets Tickets => field ??= new TicketsResource(Wire);

    /// <summary>Staff and customers.</summary>
    public virtual IUsers Users => field ??= new UsersResource(Wire);

    /// <summary>Addresses that events are sent to.</summary>
    public virtual IWebhookEndpoints WebhookEndpoints => field ??= new WebhookEndpointsResource(Wire);

    /// <summary>The public keys that web pages use.</summary>
    public virtual IWidgetKeys WidgetKeys => field ??= new WidgetKeysResource(Wire);

    /// <summary>Tokens that a web page gets for its visitor by a widget key.</summary>
    public virtual IWidgetTokens WidgetTokens => field ??= new WidgetTokensResource(Wire);

    /// <summary>The live connection: events in milliseconds, who looks at a ticket, who types.</summary>
    public virtual ILive Live => field ??= new Live(Wire);

    private Wire Wire => wire ?? throw new InvalidOperationException("This client is a mock: override what it is asked for.");

    /// <summary>Makes one call and answers with its headers too: status, <c>Request-Id</c>, <c>ETag</c>, <c>RateLimit</c>.</summary>
    /// <typeparam name="T">What the call gives.</typeparam>
    /// <param name="call">One call of the client it is given: <c>c => c.Tickets.GetAsync(id)</c>. Of several the last answer counts.</param>
    /// <returns>The value and the answer.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    /// <exception cref="InvalidOperationException">Nothing was called.</exception>
    public virtual async Task<ApiResponse<T>> WithRawResponseAsync<T>(Func<HeadlessSupportClient, Task<T>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        HttpResponseMessage? answer = null;
        var value = await call(new HeadlessSupportClient(Wire.SeenBy(response => answer = response))).ConfigureAwait(false);
        return answer is null ? throw new InvalidOperationException("Nothing was called.") : new ApiResponse<T>(value, answer.StatusCode, answer.Headers);
    }

    /// <summary>Calls what this package has no method for yet, with the key, retries and exceptions of all calls.</summary>
    /// <typeparam name="T">What comes: <see cref="JsonElement"/>, or a model of this package. For types of your own give their type info.</typeparam>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path: <c>/api/v1/tickets</c>.</param>
    /// <param name="body">What to send: a <see cref="JsonElement"/>, <see cref="System.Text.Json.Nodes.JsonNode"/> or a model of this package; null for nothing.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What the API answers; the default where it answers nothing.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    public Task<T> SendAsync<T>(HttpMethod method, string path, object? body = null, CancellationToken cancellationToken = default) =>
        SendJsonAsync(method, path, body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, InfoOf(body is System.Text.Json.Nodes.JsonNode ? typeof(System.Text.Json.Nodes.JsonNode) : body.GetType())), (JsonTypeInfo<T>)InfoOf(typeof(T)), null, cancellationToken);

    /// <summary>Calls what this package has no method for yet, with types of your own.</summary>
    /// <typeparam name="T">What comes.</typeparam>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path: <c>/api/v1/tickets</c>.</param>
    /// <param name="body">JSON in UTF-8; null for nothing.</param>
    /// <param name="answer">How the answer is read, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> of yours.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    public virtual Task<T> SendJsonAsync<T>(HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> answer, RequestOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        // Another host would be given the key.
        if (!path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal))
            throw new ArgumentException("The path begins with one slash: /api/v1/tickets.", nameof(path));
        return Wire.SendAsync(new ApiRequest<T>("Custom", method, path[1..], body, answer), options, cancellationToken);
    }

    /// <summary>Closes the connections that the client made for itself.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The client without its key.</summary>
    /// <returns>Where it calls.</returns>
    public override string ToString() => $"{nameof(HeadlessSupportClient)} {{ BaseAddress = {wire?.BaseAddress} }}";

    internal static HttpMessageHandler NewHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    /// <summary>Closes the connections that the client made for itself.</summary>
    /// <param name="disposing">Whether it is disposed and not finalized.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            own?.Dispose();
    }

    private static JsonTypeInfo InfoOf(Type type) =>
        SupportJson.Default.GetTypeInfo(type) ?? throw new NotSupportedException($"{type} is not known to this package: use SendJsonAsync, which takes its JsonTypeInfo.");
}
