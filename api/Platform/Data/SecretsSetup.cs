using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace HeadlessSupport.Api.Platform.Data;

internal static class SecretsSetup
{
    public static void AddSecrets(this IServiceCollection services, IConfiguration configuration, PlatformSettings settings)
    {
        var protection = KeyProtection.Read(configuration);
        services.AddSingleton(protection)
            .AddSingleton<SecretBox>()
            .AddSingleton<KeyRing>()
            .AddSingleton(new ConsoleCommand("protect-keys", ProtectKeysAsync));
        if (settings.Profile == PlatformSettings.Production)
            services.AddHostedService<KeyRingWarning>();
        var ring = services.AddDataProtection().SetApplicationName("HeadlessSupport");
        if (protection.Certificate is { } certificate)
            ring.ProtectKeysWithCertificate(certificate);
        if (protection.PreviousCertificates.Count > 0)
            ring.UnprotectKeysWithAnyCertificate([.. protection.PreviousCertificates]);
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(p => new ConfigureOptions<KeyManagementOptions>(o =>
        {
            o.XmlRepository = p.GetRequiredService<KeyRing>();
            if (protection.File is { } file)
                o.XmlEncryptor = new KeyFileEncryptor(file);
        }));
    }

    /// <summary>The command <c>protect-keys</c>.</summary>
    private static Task<int> ProtectKeysAsync(IServiceProvider services, Action<string> say, CancellationToken stopping)
    {
        if (services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlEncryptor is not { } encryptor)
            return Task.FromResult(Commands.Refuse("Set Keys:File or Keys:Certificate, so that it is known what to protect the keys with."));
        var done = services.GetRequiredService<KeyRing>().Protect(encryptor, stopping);
        say($"{done} keys are under the protection that is set now. What protected them before is needed no more, but for older backups.");
        return Task.FromResult(0);
    }
}

/// <summary>Says at the start of a production node that keys can be read by whoever can read the database.</summary>
internal sealed partial class KeyRingWarning(KeyRing ring, KeyProtection protection, ILogger<KeyRingWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!protection.IsSet)
            Log.Unprotected(logger);
        else if (ring.CountUnprotected() is > 0 and var open)
            Log.SomeUnprotected(logger, open);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The key ring is not protected: whoever can read the database or a backup of it can read every secret in it. Set Keys:File or Keys:Certificate and run the command protect-keys.")]
        public static partial void Unprotected(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Keys} keys of the ring were made before it was protected, and can still be read in the database: run the command protect-keys.")]
        public static partial void SomeUnprotected(ILogger logger, int keys);
    }
}
