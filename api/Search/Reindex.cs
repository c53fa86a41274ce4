using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Search;

/// <summary>
/// <c>./run reindex</c>: makes the whole search index anew, ticket by ticket, while it stays in use. Stopped and started
/// again it goes on where it was; a running API does its part too.
/// </summary>
internal static class Reindex
{
    public static Task<int> RunAsync(IServiceProvider services, Action<string> say, CancellationToken cancellationToken) => RunAsync(services, null, say, cancellationToken);

    /// <param name="only">One organization; null for all.</param>
    internal static async Task<int> RunAsync(IServiceProvider services, Guid? only, Action<string> say, CancellationToken cancellationToken)
    {
        var which = new NpgsqlParameter { Value = only is null ? DBNull.Value : only.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid };
        var system = services.GetRequiredService<SystemDb>();
        var indexer = services.GetRequiredService<SearchIndexer>();
        await system.ExecuteAcrossOrganizationsAsync(
            "insert into search_tasks (organization_id, kind, subject) select organization_id, 'everything', '' from organizations where organization_id = $1 or $1 is null on conflict do nothing", cancellationToken, which);
        for (var left = -1L; ;)
        {
            var worked = await indexer.IndexAsync(cancellationToken);
            var now = await LeftAsync(system, which.Clone(), cancellationToken);
            if (now == 0)
                break;
            if (now != left)
                say($"Reindexing: {now} organizations to go");
            left = now;
            // What is left is in another node's hands.
            if (!worked)
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
        say("The search index is complete.");
        return 0;
    }

    private static async Task<long> LeftAsync(SystemDb system, NpgsqlParameter which, CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select count(distinct organization_id) from search_tasks where organization_id = $1 or $1 is null", connection) { Parameters = { which } };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
