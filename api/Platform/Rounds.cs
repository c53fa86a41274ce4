using System.Net.Sockets;
using Npgsql;

namespace HeadlessSupport.Api.Platform;

/// <summary>Work that goes on for as long as the program runs.</summary>
internal static class Rounds
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Runs one round after the other until it is to stop. Where the database is in trouble, that is told, and the next round comes a second later.</summary>
    public static async Task RunAsync(Func<CancellationToken, Task> round, Action<Exception> failed, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await round(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or SocketException or OperationCanceledException)
            {
                failed(error);
                await Task.Delay(AfterFailure, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
