using System.Security.Cryptography;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Demo;

/// <summary>The profile <c>demo</c>: what a first start needs that production must be told.</summary>
internal static class DemoSetup
{
    /// <summary>Settings of the demo, where nobody has set others: an operator's key and a key file that stay the same, and outgoing requests to this machine.</summary>
    public static void AddDemo(this WebApplicationBuilder builder)
    {
        var settings = PlatformSettings.Read(builder.Configuration);
        if (settings.Profile != PlatformSettings.Demo)
            return;
        var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Outgoing:AllowLoopback"] = "true",
            ["Outgoing:AllowHttp"] = "true",
            ["Metrics:Url"] = settings.ListenUrl,
        };
        // Building the contract needs no key, and must leave no file behind.
        if (Environment.GetCommandLineArgs().Skip(1).All(a => a.StartsWith('-')))
            defaults["Operator:Key"] = OperatorKey(settings.DataDirectory);
        if (!Environment.GetCommandLineArgs().Contains("openapi") && KeyProtection.IsUnset(builder.Configuration))
            defaults["Keys:File"] = KeyRingFile(settings.DataDirectory);
        foreach (var (name, value) in defaults)
            builder.Configuration[name] ??= value;
        builder.Services.AddScoped<DemoSeed>();
    }

    /// <summary>Once the API answers: seeds what is missing, and says what to try.</summary>
    public static async Task WelcomeAsync(WebApplication app, CancellationToken cancellationToken)
    {
        if (app.Services.GetRequiredService<PlatformSettings>().Profile != PlatformSettings.Demo)
            return;
        await using var scope = app.Services.CreateAsyncScope();
        var demo = await scope.ServiceProvider.GetRequiredService<DemoSeed>().RunAsync(cancellationToken);
        var files = app.Services.GetRequiredService<PlatformSettings>();
        Console.WriteLine($"""

            HeadlessSupport is ready at {demo.Url}

              Reference     {demo.Url}/docs
              Credentials   {Path.Combine(files.DataDirectory, DemoFile.Name)}
              First call    curl -s '{demo.Url}/api/v1/tickets?limit=3' -H 'Authorization: Bearer {demo.Organizations[0].ApiKey}'

            Stop with Ctrl-C.
            """);
    }

    private static string KeyRingFile(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "ring.key");
        if (!File.Exists(path))
            PrivateFile.Write(path, KeyFile.NewText() + "\n");
        return path;
    }

    private static string OperatorKey(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "operator.key");
        if (!File.Exists(path))
            PrivateFile.Write(path, "hs_operator_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        return File.ReadAllText(path).Trim();
    }
}
