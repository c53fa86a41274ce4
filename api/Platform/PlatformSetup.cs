using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Jobs;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace HeadlessSupport.Api.Platform;

/// <summary>Everything technical, registered in one place.</summary>
internal static class PlatformSetup
{
    public static void AddPlatform(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var services = builder.Services;
        var settings = PlatformSettings.Read(configuration);
        services.AddSingleton(settings);
        services.AddSingleton(new PublicUrl(settings.PublicUrl));
        services.AddSingleton(RateLimitOptions.Read(configuration.GetSection("RateLimits")));
        services.AddSingleton<RateLimitBuckets>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Links>();

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonBody.MaxBytes;
        });
        builder.WebHost.UseUrls(settings.Urls);
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        if (settings.Profile == PlatformSettings.Production)
            builder.Logging.ClearProviders().AddJsonConsole(json => json.UseUtcTimestamp = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Hangfire", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        services.AddDatabase();
        services.AddSecrets(configuration, settings);
        services.AddFiles(settings, S3Options.Read(configuration));
        services.AddWeb(configuration);
        services.AddReference();
        services.AddPublicAddressGuard();
        services.AddJobs(configuration);
        services.AddMail(configuration, settings);
        builder.AddTelemetry(settings);
        services.AddSingleton<Health>();
    }

    private static void AddDatabase(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseSettings>();
        services.AddSingleton<Migrator>();
        services.AddSingleton(p => new AppDataSource(NpgsqlDataSource.Create(Unreset(Prepared(p.GetRequiredService<DatabaseSettings>().App)))));
        services.AddSingleton(p => new SystemDataSource(NpgsqlDataSource.Create(Prepared(p.GetRequiredService<DatabaseSettings>().System))));
        services.AddScoped<TenantContext>();
        services.AddPooledDbContextFactory<SupportDb>(Tell);
        services.AddPooledDbContextFactory<LimitedDb>(Tell);
        services.AddPooledDbContextFactory<CustomersDb>(Tell);
        services.AddScoped(p =>
        {
            var tenant = p.GetRequiredService<TenantContext>();
            SupportDb db = tenant.Sight switch
            {
                { EndUser: not null } => p.GetRequiredService<IDbContextFactory<CustomersDb>>().CreateDbContext(),
                { IsLimited: true } => p.GetRequiredService<IDbContextFactory<LimitedDb>>().CreateDbContext(),
                _ => p.GetRequiredService<IDbContextFactory<SupportDb>>().CreateDbContext(),
            };
            db.Tenant = tenant;
            db.Signal = p.GetRequiredService<EventSignal>();
            return db;
        });
        services.AddSingleton(p =>
        {
            var source = p.GetRequiredService<SystemDataSource>();
            return new SystemDb(source, new DbContextOptionsBuilder<SupportDb>().UseNpgsql(source.Value).UseSnakeCaseNamingConvention().Options);
        });
        services.AddSingleton<Notices>();
        services.AddHostedService(p => p.GetRequiredService<Notices>());
        services.AddSingleton(p => new Counters(p.GetRequiredService<DatabaseSettings>().App));
        services.AddSingleton<EventSignal>();
        services.AddSingleton<EventSequencer>();
        services.AddHostedService(p => p.GetRequiredService<EventSequencer>());
        services.AddScoped<AuditLog>();
        services.AddSingleton<AuditQueue>();
        services.AddHostedService(p => p.GetRequiredService<AuditQueue>());
        services.AddScoped<EventReader>();
        services.AddSingleton<EventFeed>();
        services.AddHostedService(p => p.GetRequiredService<EventFeed>());
    }

    private static void Tell(IServiceProvider services, DbContextOptionsBuilder options) => options
        .UseNpgsql(services.GetRequiredService<AppDataSource>().Value)
        .UseSnakeCaseNamingConvention()
        .AddInterceptors(new TenantInterceptor(), new TenantTransactionInterceptor())
        // Who asked hears of it by an exception; some are expected, as of a query that was stopped in time.
        .ConfigureWarnings(w => w.Ignore(CoreEventId.SaveChangesFailed, RelationalEventId.CommandError));

    // Planning under row security costs more than running: what is asked often is prepared. A string that says otherwise is obeyed.
    private static string Prepared(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!connectionString.Contains("Auto Prepare", StringComparison.OrdinalIgnoreCase))
            settings.MaxAutoPrepare = 200;
        return settings.ConnectionString;
    }

    // Whatever this login sets, it sets for a transaction: there is nothing to reset between two requests, and the seven
    // statements of a reset would cost as much as a read.
    private static string Unreset(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!connectionString.Contains("No Reset On Close", StringComparison.OrdinalIgnoreCase))
            settings.NoResetOnClose = true;
        return settings.ConnectionString;
    }

    private static void AddFiles(this IServiceCollection services, PlatformSettings settings, S3Options? s3) =>
        services.AddSingleton<IFileStore>(_ => s3 is null ? new DiskFileStore(settings.FilesDirectory) : new S3FileStore(s3))
            .AddSingleton(new ConsoleCommand("move-files", MoveFiles.RunAsync, NeedsDatabase: false));

    private static void AddWeb(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<Cursors>();
        services.ConfigureHttpJsonOptions(o => Json.Configure(o.SerializerOptions));
        services.AddControllers(mvc =>
        {
            mvc.OutputFormatters.RemoveType<StringOutputFormatter>();
            mvc.ReturnHttpNotAcceptable = false;
            mvc.ModelBinderProviders.Insert(0, new WireBinder());
            mvc.ModelBinderProviders.Insert(1, new PathTextBinder());
            mvc.ModelMetadataDetailsProviders.Add(new SnakeCaseQuery());
            mvc.ModelMetadataDetailsProviders.Add(new PlainMessages());
            // Nobody takes form fields: uploads read their own body, and MVC must not read it before.
            mvc.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
            mvc.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
            mvc.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
            mvc.Filters.Add<UnknownQueryFilter>();
            mvc.Filters.Add<Customers>();
            mvc.ModelBindingMessageProvider.SetAttemptedValueIsInvalidAccessor((value, _) => $"The value '{Short(value)}' cannot be read.");
            mvc.ModelBindingMessageProvider.SetNonPropertyAttemptedValueIsInvalidAccessor(value => $"The value '{Short(value)}' cannot be read.");
            mvc.ModelBindingMessageProvider.SetValueMustNotBeNullAccessor(_ => "Is required.");
            mvc.ModelBindingMessageProvider.SetMissingBindRequiredValueAccessor(_ => "Is required.");
        })
        .AddJsonOptions(o =>
        {
            Json.Configure(o.JsonSerializerOptions);
            // Then the exception itself reaches our refusal, with its path.
            o.AllowInputFormatterExceptionMessages = false;
        })
        .ConfigureApiBehaviorOptions(o =>
        {
            o.SuppressMapClientErrors = true;
            o.InvalidModelStateResponseFactory = context => throw Binding.ToRefusal(context);
        });
        services.PostConfigure<MvcOptions>(mvc =>
        {
            foreach (var formatter in mvc.OutputFormatters.OfType<SystemTextJsonOutputFormatter>())
                formatter.SupportedMediaTypes.Remove("text/json");
        });
        services.AddApiVersioning(o => o.ReportApiVersions = true).AddMvc()
            .AddApiExplorer(o =>
            {
                o.GroupNameFormat = "'v'VVV";
                o.SubstituteApiVersionInUrl = true;
            });
        var proxies = Array.ConvertAll(configuration.GetSection("Proxies:Trusted").Get<string[]>() ?? [], text => System.Net.IPNetwork.TryParse(text, out var network)
            ? network
            : throw new InvalidOperationException($"The setting Proxies:Trusted has '{text}', which is no network such as 10.0.0.0/8."));
        services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.KnownProxies.Clear();
            o.KnownIPNetworks.Clear();
            foreach (var network in proxies)
                o.KnownIPNetworks.Add(network);
            // Without a trusted proxy nobody's word is taken.
            o.ForwardedHeaders = proxies.Length > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
        });
    }

    private static string Short(string? value) => value is { Length: > 50 } ? value[..50] + "…" : value ?? "";
}

/// <summary>Settings of the installation as a whole.</summary>
/// <param name="Profile"><c>demo</c> or <c>production</c> (default).</param>
/// <param name="ListenUrl">Where it listens: 127.0.0.1 and <c>PORT</c> (5080), unless <c>ASPNETCORE_URLS</c> says otherwise.</param>
/// <param name="Urls">All addresses it listens on, that of the metrics among them.</param>
/// <param name="PublicUrl">Where it is reached from outside.</param>
/// <param name="DataDirectory">For what it keeps on disk (<c>DATA_DIR</c>).</param>
/// <param name="MetricsUrl">Where <c>/metrics</c> is served; null for nowhere.</param>
/// <param name="HasMetricsPort">Whether that is a port of its own, and not the API's.</param>
internal sealed record PlatformSettings(string Profile, string ListenUrl, string[] Urls, string PublicUrl, string DataDirectory, Uri? MetricsUrl, bool HasMetricsPort)
{
    public const string Demo = "demo";
    public const string Production = "production";

    public string FilesDirectory => Path.Combine(DataDirectory, "files");

    public static PlatformSettings Read(IConfiguration configuration)
    {
        var profile = configuration["Profile"] ?? Production;
        if (profile is not (Demo or Production))
            throw new InvalidOperationException($"The setting Profile must be {Demo} or {Production}; it is '{profile}'.");
        var port = configuration["PORT"] ?? "5080";
        if (!int.TryParse(port, out var number) || number is < 0 or > 65535)
            throw new InvalidOperationException($"PORT must be a number from 0 to 65535; it is '{port}'.");
        var listen = $"http://127.0.0.1:{number}";
        var publicUrl = (configuration["PublicUrl"] ?? listen).TrimEnd('/');
        if (!Uri.TryCreate(publicUrl, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new InvalidOperationException($"The setting PublicUrl must be an http or https address; it is '{publicUrl}'.");
        var metrics = configuration["Metrics:Url"];
        Uri? metricsUrl = null;
        if (metrics is not null && !Uri.TryCreate(metrics, UriKind.Absolute, out metricsUrl))
            throw new InvalidOperationException($"The setting Metrics:Url must be an address such as http://127.0.0.1:9464; it is '{metrics}'.");
        var urls = (configuration["urls"] ?? listen).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var hasMetricsPort = metricsUrl is not null && Array.TrueForAll(urls, u => BindingAddress.Parse(u).Port != metricsUrl.Port);
        return new(profile, listen, hasMetricsPort ? [.. urls, metricsUrl!.GetLeftPart(UriPartial.Authority)] : urls, publicUrl,
            Path.GetFullPath(configuration["DATA_DIR"] ?? ".data"), metricsUrl, hasMetricsPort);
    }
}
