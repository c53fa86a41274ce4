using System.Text;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpNet;

namespace HeadlessSupport.Api.Tests.Platform.Data;

/// <summary>Whoever reads the database, or a backup of it, finds no secret there.</summary>
public sealed class StoredSecretsTests
{
    // With what Data Protection begins each ciphertext.
    private const string Sealed = "09f0c9f0";
    private const string Public = "public";

    // Every column of bytes, and why it gives nothing away.
    private static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["api_keys.hash"] = "hash",
        ["attachments.sha256"] = "hash",
        ["idempotency_records.answer"] = Sealed,
        ["idempotency_records.fingerprint"] = "hash",
        ["idempotency_records.scope"] = "hash",
        ["invitations.token_hash"] = "hash",
        ["login_passkeys.credential_id"] = Public,
        ["login_recovery_codes.hash"] = "hash",
        ["logins.totp_secret"] = Sealed,
        ["oauth_apps.secret_hash"] = "hash",
        ["outgoing_mails.content"] = Sealed,
        ["sso_connections.client_secret"] = Sealed,
        ["widget_keys.previous_secret"] = Sealed,
        ["widget_keys.secret"] = Sealed,
        ["signing_keys.certificate"] = Sealed,
        ["signing_keys.encryption_key"] = Sealed,
        ["webhook_endpoints.headers"] = Sealed,
        ["webhook_secrets.sealed"] = Sealed,
    };

    [Fact]
    public async Task Every_column_of_bytes_is_a_hash_or_sealed()
    {
        await StoreAsync();
        var columns = await ReadAsync("select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' and data_type = 'bytea'");
        Assert.Equal(Columns.Keys.Order(StringComparer.Ordinal), columns.Order(StringComparer.Ordinal));
        foreach (var (column, kind) in Columns.Where(c => c.Value != Public))
        {
            var (table, name) = (column.Split('.')[0], column.Split('.')[1]);
            var wrong = kind == Sealed ? $"encode(substr({name}, 1, 4), 'hex') <> '{Sealed}'" : $"octet_length({name}) <> 32";
            Assert.True(await ReadAsync($"select 'wrong' from {table} where {name} is not null and {wrong} limit 1") is [], $"{column} holds something that is not {(kind == Sealed ? "sealed" : "a hash")}.");
            // Mails are gone once they were sent.
            Assert.True(table == "outgoing_mails" || await ReadAsync($"select 'some' from {table} where {name} is not null limit 1") is ["some"], $"{column} holds nothing, so nothing was looked at.");
        }
    }

    [Fact]
    public async Task No_row_of_any_table_holds_a_secret_that_was_shown_or_told()
    {
        var secrets = await StoreAsync();
        var tables = await ReadAsync("select quote_ident(table_name) from information_schema.tables where table_schema in ('public') and table_type = 'BASE TABLE'");
        Assert.True(tables.Count > 20);
        foreach (var table in tables)
        {
            foreach (var secret in secrets)
            {
                // As text, and as the bytes of text or base64 in a column of bytes.
                var needles = new List<string> { secret, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)) };
                if (secret.StartsWith("whsec_", StringComparison.Ordinal))
                    needles.Add(Convert.ToHexStringLower(Convert.FromBase64String(secret["whsec_".Length..])));
                foreach (var needle in needles)
                    Assert.True(await ReadAsync($"select 'found' from {table} t where position('{needle}' in t::text) > 0 limit 1") is [], $"{table} holds a secret.");
            }
        }
    }

    private static async Task<List<string>> StoreAsync()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.Api.PostAsync("api-keys", new { name = "Key", scopes = new[] { "tickets.read" } });
        key.MustBe(201);
        var header = "header-" + Guid.CreateVersion7();
        var webhook = await org.Api.PostAsync("webhook-endpoints", new { url = "http://127.0.0.1:9/", event_types = new[] { "ticket.created" }, headers = new Dictionary<string, string> { ["x-secret"] = header } });
        webhook.MustBe(201);
        (await org.Api.PostAsync("tags", new { name = "kept" }, ("Idempotency-Key", "once"))).MustBe(201);
        (await org.Api.UploadAsync("content"u8.ToArray(), "file.txt")).MustBe(201);
        var token = "token-" + Guid.CreateVersion7();
        var app = (await org.Api.PostAsync("apps", new { name = "Desk", scopes = new[] { "tickets.read" } })).MustBe(201).Json.Text("client_secret")!;
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Chat", channel = "chat" })).MustBe(201).Text("id");
        var widget = (await org.Api.PostAsync($"inboxes/{inbox}/widget-keys", new { name = "Shop" })).MustBe(201);
        (await org.Api.PostAsync($"widget-keys/{widget.Text("id")}/rotate-secret", new { })).MustBe(200);
        var issuer = "issuer-" + Guid.CreateVersion7();
        (await org.Api.PostAsync("sso-connections", new { name = "Okta", issuer = "http://127.0.0.1:9/", client_id = "desk", client_secret = issuer })).MustBe(201);
        (await org.Api.PostAsync("invitations", new { user_id = org.AdminId })).MustBe(201);
        (await org.World.Anonymous.GetAsync("/.well-known/jwks")).MustBe(200);
        await using var scope = org.World.Enter(org.Id);
        var (totp, recovery) = await AuthenticatorAsync(await Tests.SignIn.Staff.NewAsync(org), scope.ServiceProvider);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        scope.ServiceProvider.GetRequiredService<MailOutbox>().Add(db, new OutgoingMail("invitation", Id<Tenant>.Parse(org.Id, null), new($"{token}@acme.test"), "Hi", token));
        await db.SaveChangesAsync();
        return [org.Secret, key.Text("secret"), webhook.Text("secret"), header, token, app, totp, recovery, widget.Text("secret"), issuer];
    }

    private static async Task<(string Secret, string RecoveryCode)> AuthenticatorAsync(Tests.SignIn.Staff staff, IServiceProvider services)
    {
        var login = await services.GetRequiredService<UserManager<Login>>().FindByEmailAsync(staff.Email);
        var authenticators = services.GetRequiredService<Authenticators>();
        var sealedSecret = authenticators.NewSecret();
        var secret = authenticators.TextOf(sealedSecret)!;
        var codes = await authenticators.UseAsync(login!, sealedSecret, new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(), CancellationToken.None);
        return (secret, codes![0]);
    }

    private static async Task<List<string>> ReadAsync(string sql)
    {
        // Past every policy.
        await using var connection = await Cluster.OpenAsSuperuserAsync((await World.GetAsync()).DataDirectory);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
