using System.Runtime.InteropServices;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;
using Microsoft.AspNetCore.Connections;

namespace HeadlessSupport.Api.Platform;

/// <summary>A command beside the program's own, by its name on the command line.</summary>
/// <param name="NeedsDatabase">Whether it is given the database ready.</param>
internal sealed record ConsoleCommand(string Name, Func<IServiceProvider, Action<string>, CancellationToken, Task<int>> RunAsync, bool NeedsDatabase = true);

/// <summary>What the program can be asked to do: serve (by default), <c>migrate</c>, <c>openapi</c> (writes <c>openapi.yaml</c> here), <c>move-files</c> (from disk to S3), <c>protect-keys</c> (anew), and those of rooms.</summary>
internal static class Commands
{
    /// <param name="whenServing">Called once the API answers.</param>
    public static async Task<int> RunCommandAsync(this WebApplication app, string[] args, Func<WebApplication, CancellationToken, Task> whenServing)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        // The host hears signals only once it has started, and PostgreSQL is there before.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return args.FirstOrDefault(a => !a.StartsWith('-')) switch
            {
                null => await ServeAsync(app, whenServing),
                "migrate" => await MigrateAsync(app, stopping),
                "openapi" => await Reference.WriteAsync(app.Services, "openapi.yaml"),
                "seed" => Refuse("The demo is seeded in the profile demo only, by its first start: Profile=demo ./run"),
                var other => await RunOtherAsync(app, other, stopping),
            };
        }
        catch (Exception error) when (stopping.IsCancellationRequested && error is OperationCanceledException or Npgsql.NpgsqlException or InvalidOperationException)
        {
            return Refuse("Stopped before it was ready.");
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            return Refuse($"{error.Message.TrimEnd('.')}: stop what listens there, or set PORT to another port.");
        }
        catch (Npgsql.NpgsqlException error)
        {
            return Refuse($"The database refused or cannot be reached: {error.Message}");
        }
        catch (InvalidOperationException error) when (error.GetType() == typeof(InvalidOperationException))
        {
            return Refuse(error.Message);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        }
    }

    private static async Task<int> ServeAsync(WebApplication app, Func<WebApplication, CancellationToken, Task> whenServing)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        await PrepareAsync(app, stopping);
        app.Services.GetRequiredService<KeyRing>().MustOpen();
        await app.StartAsync(CancellationToken.None);
        try
        {
            await whenServing(app, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl-C: what is not done is done by the next start.
        }
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task<int> MigrateAsync(WebApplication app, CancellationToken stopping)
    {
        await PrepareAsync(app, stopping);
        Say("The database is up to date.");
        return 0;
    }

    private static async Task<int> RunOtherAsync(WebApplication app, string name, CancellationToken stopping)
    {
        var commands = app.Services.GetServices<ConsoleCommand>().ToList();
        if (commands.Find(c => c.Name == name) is not { } command)
            return Refuse($"There is no command '{name}'. Known: migrate, openapi, {string.Join(", ", commands.Select(c => c.Name))}, and without one it serves.");
        if (command.NeedsDatabase)
            await PrepareAsync(app, stopping);
        return await command.RunAsync(app.Services, Say, stopping);
    }

    private static async Task PrepareAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var settings = app.Services.GetRequiredService<PlatformSettings>();
        var database = app.Services.GetRequiredService<DatabaseSettings>();
        if (database.IsEmbedded)
            await database.StartEmbeddedAsync(settings.DataDirectory, Say, cancellationToken);
        await app.Services.GetRequiredService<Migrator>().PrepareAsync(Say, cancellationToken);
    }

    private static void Say(string sentence) => Console.Error.WriteLine(sentence);

    /// <summary>Says why the program cannot go on; answers the exit code.</summary>
    public static int Refuse(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }
}
