using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Data;

/// <summary>What protects the keys themselves. Each test has a database of its own.</summary>
public sealed class KeyRingTests(Cluster cluster) : IClassFixture<Cluster>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("headless-support-keys-").FullName;
    private (string Name, string? Value)[] database = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("file", "file")]
    [InlineData("certificate", "certificate")]
    [InlineData("file", "certificate")]
    [InlineData("certificate", "file")]
    public async Task What_was_sealed_opens_through_a_rotation_and_after_it(string first, string second)
    {
        await MigrateAsync(new());
        var (a, previousA) = Protection(first, "a");
        var (b, _) = Protection(second, "b");
        // An open ring, as installations had it so far: it is protected as it stands.
        var closed = new Dictionary<string, byte[]> { ["open"] = Seal(new(), "open") };
        Assert.Contains("<masterKey", await StoredAsync(), StringComparison.Ordinal);
        Opens(a, closed);
        Assert.Equal(1, Protect(a));
        await MustBeClosedAsync();
        closed["a"] = Seal(a, "a");

        // Rotated: what was before opens still, and new keys are under the new one.
        Opens(Both(b, previousA), closed);
        NewKey(Both(b, previousA));
        await MustBeClosedAsync();
        closed["b"] = Seal(Both(b, previousA), "b");
        Assert.Equal(2, Protect(Both(b, previousA)));
        await MustBeClosedAsync();

        // The first is needed no more, and is no longer enough.
        Opens(b, closed);
        var refusal = Assert.Throws<InvalidOperationException>(() => Use(a, p => p.GetRequiredService<KeyRing>().MustOpen()));
        Assert.Contains("does not open: it is protected by the " + (second == "file" ? "key file with the id" : "certificate with the thumbprint"), refusal.Message, StringComparison.Ordinal);
        // Nor does such a node help itself by making keys that others have not.
        Assert.Throws<InvalidOperationException>(() => NewKey(a));
        Assert.Equal(2, Count(await StoredAsync(), "<key "));
    }

    [Fact]
    public async Task A_node_without_what_protects_the_ring_does_not_start_and_changes_nothing()
    {
        var (a, previous) = Protection("file", "a");
        var (b, _) = Protection("file", "b");
        await MigrateAsync(a);
        await MustBeClosedAsync();
        var before = await StoredAsync();
        var world = await World.GetAsync();
        foreach (var settings in (IEnumerable<(string, string?)[]>)[[], Environment(b)])
        {
            var (code, log) = await Node.RunAsync(world, [], [.. database, .. settings]);
            Assert.Equal(1, code);
            Assert.Contains("The key ring holds a key that does not open: it is protected by the key file with the id", log, StringComparison.Ordinal);
        }
        Assert.Equal(before, await StoredAsync());

        var (done, said) = await Node.RunAsync(world, ["protect-keys"], [.. database, .. Environment(Both(b, previous))]);
        Assert.True(done == 0, said);
        Assert.Contains("1 keys are under the protection that is set now.", said, StringComparison.Ordinal);
        Assert.NotEqual(before, await StoredAsync());
        Use(b, p => p.GetRequiredService<KeyRing>().MustOpen());
    }

    [Fact]
    public async Task Without_a_protection_production_says_so_at_its_start_and_with_one_what_was_made_before()
    {
        var world = await World.GetAsync();
        database = await cluster.NewDatabaseAsync();
        await using (var node = await Node.StartAsync(world, database))
            Assert.Contains("The key ring is not protected", node.Log, StringComparison.Ordinal);
        var (a, _) = Protection("file", "a");
        await using (var node = await Node.StartAsync(world, [.. database, .. Environment(a)]))
            Assert.Contains("1 keys of the ring were made before it was protected", node.Log, StringComparison.Ordinal);
        var (code, log) = await Node.RunAsync(world, ["protect-keys"], database);
        Assert.Equal(1, code);
        Assert.Contains("Set Keys:File or Keys:Certificate", log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_setting_is_named()
    {
        var (a, _) = Protection("file", "a");
        var (c, _) = Protection("certificate", "c");
        var text = Path.Combine(folder, "text");
        File.WriteAllText(text, "not base64");
        var shortKey = Path.Combine(folder, "short");
        File.WriteAllText(shortKey, Convert.ToBase64String(new byte[31]));
        foreach (var (settings, sentence) in ((Dictionary<string, string?>, string)[])
        [
            (new() { ["Keys:File"] = Path.Combine(folder, "none") }, "The setting Keys:File names a file that cannot be read"),
            (new() { ["Keys:File"] = text }, "The setting Keys:File must name a file with 32 random bytes or more in base64"),
            (new() { ["Keys:File"] = shortKey }, "The setting Keys:File must name a file with 32 random bytes or more in base64"),
            (new() { ["Keys:PreviousFiles:0"] = text }, "The setting Keys:PreviousFiles:0 must name a file"),
            (new() { ["Keys:Certificate"] = text }, "The setting Keys:Certificate must name a PFX file"),
            (new() { ["Keys:Certificate"] = c["Keys:Certificate"], ["Keys:CertificatePassword"] = "wrong" }, "The setting Keys:Certificate must name a PFX file, and its password must be right"),
            (new() { ["Keys:PreviousCertificates:0:Password"] = "x" }, "The setting Keys:PreviousCertificates:0:Path is missing."),
            (Both(a, c), "Keys:File and Keys:Certificate are both set"),
            (new() { ["Keys:Files"] = text }, "The setting Keys:Files is not known"),
        ])
        {
            Assert.StartsWith(sentence, Assert.Throws<InvalidOperationException>(() => KeyProtection.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())).Message, StringComparison.Ordinal);
        }
    }

    private async Task MigrateAsync(Dictionary<string, string?> keys)
    {
        database = await cluster.NewDatabaseAsync();
        var (code, log) = await Node.RunAsync(await World.GetAsync(), ["migrate"], [.. database, .. Environment(keys)]);
        Assert.True(code == 0, log);
    }

    private (Dictionary<string, string?> Now, Dictionary<string, string?> Previous) Protection(string kind, string name)
    {
        var path = Path.Combine(folder, name);
        if (kind == "file")
        {
            File.WriteAllText(path, KeyFile.NewText());
            return (new() { ["Keys:File"] = path }, new() { ["Keys:PreviousFiles:0"] = path });
        }
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "password of " + name));
        return (new() { ["Keys:Certificate"] = path, ["Keys:CertificatePassword"] = "password of " + name },
            new() { ["Keys:PreviousCertificates:0:Path"] = path, ["Keys:PreviousCertificates:0:Password"] = "password of " + name });
    }

    private static Dictionary<string, string?> Both(Dictionary<string, string?> a, Dictionary<string, string?> b) => a.Concat(b).ToDictionary();

    private static (string, string?)[] Environment(Dictionary<string, string?> keys) => [.. keys.Select(k => (k.Key.Replace(":", "__", StringComparison.Ordinal), k.Value))];

    private byte[] Seal(Dictionary<string, string?> keys, string content) => Use(keys, p => p.GetRequiredService<SecretBox>().Seal("test", System.Text.Encoding.UTF8.GetBytes(content)));

    private void Opens(Dictionary<string, string?> keys, Dictionary<string, byte[]> closed) => Use(keys, p =>
    {
        p.GetRequiredService<KeyRing>().MustOpen();
        Assert.All(closed, c => Assert.True(p.GetRequiredService<SecretBox>().TryOpen("test", c.Value, out var content) && System.Text.Encoding.UTF8.GetString(content) == c.Key, $"What was sealed as {c.Key} does not open."));
        return 0;
    });

    private int Protect(Dictionary<string, string?> keys) => Use(keys, p =>
        p.GetRequiredService<KeyRing>().Protect(p.GetRequiredService<Microsoft.Extensions.Options.IOptions<KeyManagementOptions>>().Value.XmlEncryptor!, CancellationToken.None));

    private void NewKey(Dictionary<string, string?> keys) => Use(keys, p => p.GetRequiredService<IKeyManager>().CreateNewKey(DateTimeOffset.UtcNow.AddSeconds(-1), DateTimeOffset.UtcNow.AddDays(90)));

    private void Use(Dictionary<string, string?> keys, Action<IServiceProvider> use) => Use(keys, p =>
    {
        use(p);
        return 0;
    });

    // As a node that has just been started with these settings.
    private T Use<T>(Dictionary<string, string?> keys, Func<IServiceProvider, T> use)
    {
        using var source = NpgsqlDataSource.Create(database.Single(s => s.Name == "ConnectionStrings__SupportSystem").Value!);
        var services = new ServiceCollection().AddLogging().AddSingleton(new SystemDataSource(source));
        services.AddSecrets(new ConfigurationBuilder().AddInMemoryCollection(keys).Build(), PlatformSettings.Read(new ConfigurationBuilder().Build()));
        using var provider = services.BuildServiceProvider(validateScopes: true);
        return use(provider);
    }

    private async Task<string> StoredAsync()
    {
        await using var source = NpgsqlDataSource.Create(database.Single(s => s.Name == "ConnectionStrings__SupportSystem").Value!);
        await using var command = source.CreateCommand("select string_agg(xml, '\n' order by id) from data_protection_keys");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task MustBeClosedAsync() => Assert.DoesNotContain("<masterKey", await StoredAsync(), StringComparison.Ordinal);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
