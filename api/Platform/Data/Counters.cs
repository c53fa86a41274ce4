using System.Collections.Concurrent;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// Short numbers per organization, handed out from blocks: taking a block is a short transaction of its own, so no
/// writer waits for another's commit. Numbers may have gaps and are not in order of commit.
/// </summary>
public sealed class Counters(string connectionString) : IAsyncDisposable
{
    private const int BlockSize = 20;

    // A pool of its own: whoever asks may hold a connection already, and if all who hold one wait for another, nobody
    // gets on.
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 4, MinPoolSize = 0 });
    private readonly ConcurrentDictionary<(Guid Organization, string Name), Block> blocks = new();

    /// <summary>The next <paramref name="count"/> numbers, each given out once over all nodes. The first is 1.</summary>
    public async Task<long[]> NextAsync(Id<Tenant> organization, string name, int count, CancellationToken cancellationToken)
    {
        var block = blocks.GetOrAdd((organization.Value, name), static _ => new Block());
        await block.Lock.WaitAsync(cancellationToken);
        try
        {
            var numbers = new long[count];
            for (var i = 0; i < count; i++)
            {
                if (block.Next == block.End)
                {
                    var size = Math.Max(BlockSize, count - i);
                    block.End = await TakeAsync(organization, name, size, cancellationToken) + 1;
                    block.Next = block.End - size;
                }
                numbers[i] = block.Next++;
            }
            return numbers;
        }
        finally
        {
            block.Lock.Release();
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<long> TakeAsync(Id<Tenant> organization, string name, int size, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select set_config('app.organization_id', $1, true)") { Parameters = { new() { Value = organization.Value.ToString() } } },
                new("""
                    insert into counters as c (organization_id, name, value) values ($1, $2, $3)
                    on conflict (organization_id, name) do update set value = c.value + excluded.value
                    returning value
                    """)
                { Parameters = { new() { Value = organization.Value }, new() { Value = name }, new() { Value = (long)size } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0);
    }

    private sealed class Block
    {
        public readonly SemaphoreSlim Lock = new(1, 1);
        public long Next;
        public long End;
    }
}
