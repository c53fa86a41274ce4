using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>Credentials for programs.</summary>
[Route("api/v{version:apiVersion}/api-keys")]
public sealed class ApiKeysController(SupportDb db, TenantContext tenant, CredentialCache credentials, Authority authority) : ApiController
{
    /// <summary>List API keys</summary>
    [HttpGet(Name = "ApiKeys_List"), Requires("keys.manage")]
    public async Task<ActionResult<Page<ApiKeyResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.ApiKeys.AsNoTracking(), ApiKeyMapping.Newest, page, ApiKeyResponse.From, cancellationToken);

    /// <summary>Create an API key</summary>
    /// <remarks>The answer shows the secret, once. A key that acts as a named user may do what both its scopes and that user's role allow, with the tickets that the role shows.</remarks>
    [HttpPost(Name = "ApiKeys_Create"), Requires("keys.manage"), ShowsSecret("secret"), Creates]
    public async Task<ActionResult<ApiKeyResponse>> Create(CreateApiKeyRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        var user = await ActsAsAsync(request, cancellationToken);
        var mode = await db.Organizations.Select(o => o.Mode).SingleAsync(cancellationToken);
        var secret = ApiKey.NewSecret(mode);
        var key = new ApiKey(tenant.Required, user, secret, request, tenant.Now);
        db.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(key, $"api-keys/{key.Id}", ApiKeyResponse.From(key) with { Secret = secret });
    }

    /// <summary>Get an API key</summary>
    [HttpGet("{id}", Name = "ApiKeys_Get"), Requires("keys.manage")]
    public async Task<ActionResult<ApiKeyResponse>> Get(Id<ApiKey> id, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.ApiKeys.AsNoTracking(), id, cancellationToken);
        return Show(key, ApiKeyResponse.From(key));
    }

    /// <summary>Rotate an API key</summary>
    /// <remarks>Makes a new key with the same rights and shows its secret, once. The old one works on until the overlap is over.</remarks>
    [HttpPost("{id}/rotate", Name = "ApiKeys_Rotate"), Requires("keys.manage"), ShowsSecret("secret"), Creates]
    public async Task<ActionResult<ApiKeyResponse>> Rotate(Id<ApiKey> id, RotateApiKeyRequest request, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.ApiKeys, id, cancellationToken);
        await CheckIfMatchAsync(key, [], cancellationToken);
        CheckScopes(key.Scopes);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == key.UserId, cancellationToken);
        if (!user.IsMachine)
            await CheckActsAsAsync(user, cancellationToken);
        var mode = await db.Organizations.Select(o => o.Mode).SingleAsync(cancellationToken);
        var secret = ApiKey.NewSecret(mode);
        var next = key.Rotate(secret, TimeSpan.FromSeconds(request.OverlapSeconds), tenant.Now, tenant.RealNow);
        db.Add(next);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(tenant.Required);
        return ShowCreated(next, $"api-keys/{next.Id}", ApiKeyResponse.From(next) with { Secret = secret });
    }

    /// <summary>Revoke an API key</summary>
    /// <remarks>It is refused at once, on other nodes within 5 seconds.</remarks>
    [HttpPost("{id}/revoke", Name = "ApiKeys_Revoke"), Requires("keys.manage")]
    public async Task<ActionResult<ApiKeyResponse>> Revoke(Id<ApiKey> id, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.ApiKeys, id, cancellationToken);
        await CheckIfMatchAsync(key, [], cancellationToken);
        key.Revoke(tenant.Now, tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(tenant.Required);
        return Show(key, ApiKeyResponse.From(key));
    }

    private static async Task<ApiKey> FindAsync(IQueryable<ApiKey> keys, Id<ApiKey> id, CancellationToken cancellationToken) =>
        await keys.SingleOrDefaultAsync(k => k.Id == id, cancellationToken) ?? throw SupportException.NotFound("API key");

    private void Check(CreateApiKeyRequest request)
    {
        var unknown = request.Scopes.Select((s, i) => (Scope: s, Index: i)).Where(s => !Vocabulary.All.Contains(s.Scope)).ToList();
        if (unknown.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "Some scopes do not exist.", unknown.ConvertAll(u => ($"/scopes/{u.Index}", $"There is no such scope. Known: {string.Join(", ", Vocabulary.All)}.")));
        CheckScopes(request.Scopes);
        if (request.ExpiresAt <= tenant.RealNow)
            throw SupportException.Invalid("/expires_at", "Must be in the future.");
    }

    // A key that could make a mightier one would be that one.
    private void CheckScopes(IEnumerable<string> scopes)
    {
        var beyond = scopes.Where(s => !User.May(s)).ToList();
        if (beyond.Count > 0)
            throw SupportException.Invalid("/scopes", $"Your own credential lacks {string.Join(", ", beyond)}, so it cannot grant that.");
    }

    private async Task<Id<User>> ActsAsAsync(CreateApiKeyRequest request, CancellationToken cancellationToken)
    {
        if (request.UserId is not { } id)
        {
            if (Grants.HeldBy(User).Lacks(Grants.Of(request.Scopes, null, null)) is { } lacks)
                throw SupportException.Invalid("/user_id", $"A key with a machine user of its own has no limits, and your own credential lacks {lacks}. Name a user with your limits.");
            var machine = Users.User.NewMachine(tenant.Required, request.Name, tenant.Now);
            db.Add(machine);
            return machine.Id;
        }
        var named = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken);
        if (named is not { IsStaff: true, Status: UserStatus.Active })
            throw SupportException.Invalid("/user_id", "Must be an active staff user.");
        var grants = await CheckActsAsAsync(named, cancellationToken);
        var beyond = request.Scopes.Where(s => !grants.Permissions.Contains(s)).ToList();
        if (beyond.Count > 0 && !named.IsMachine)
            throw SupportException.Invalid("/scopes", $"The user whom the key acts as may not do {string.Join(", ", beyond)}.");
        return id;
    }

    private async Task<Grants> CheckActsAsAsync(User named, CancellationToken cancellationToken)
    {
        var grants = await authority.OfAsync(named, cancellationToken);
        return Grants.HeldBy(User).Lacks(grants) is { } beyond
            ? throw SupportException.Invalid("/user_id", $"The user may do more than your own credential, which lacks {beyond}, so no key of yours can act as them.")
            : grants;
    }
}
