using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>All that the fake knows. Whoever reads or changes it holds its <see cref="Gate"/>.</summary>
internal sealed class Store
{
    private TaskCompletionSource happened = New();

    public Store(TimeProvider time)
    {
        Time = time;
        Ids = new Ids(time);
        OrganizationId = Ids.New("org");
        Actor = new Actor { Kind = "api_key", Id = Ids.New("key") };
        Tickets = new(t => t.Id, t => t.Version, t => t.CreatedAt, t => t.UpdatedAt, (t, version, at) => t with { Version = version, UpdatedAt = at });
        Comments = new(c => c.Id, c => c.Version, c => c.CreatedAt, c => c.CreatedAt, (c, version, _) => c with { Version = version });
        Users = new(u => u.Id, u => u.Version, u => u.CreatedAt, u => u.UpdatedAt, (u, version, at) => u with { Version = version, UpdatedAt = at });
        Companies = new(c => c.Id, c => c.Version, c => c.CreatedAt, c => c.UpdatedAt, (c, version, at) => c with { Version = version, UpdatedAt = at });
        Tags = new(t => t.Id, t => t.Version, t => t.CreatedAt, t => t.UpdatedAt, (t, version, at) => t with { Version = version, UpdatedAt = at });
        Attachments = new(a => a.Id, a => a.Version, a => a.CreatedAt, a => a.CreatedAt, (a, version, _) => a with { Version = version });
        var now = Now;
        Me = Users.Add(new User { Id = Ids.New("usr"), Role = "agent", Name = "Test key", Status = UserStatus.Active, IsMachine = true, CreatedAt = now, UpdatedAt = now, Version = 1 });
    }

    public object Gate { get; } = new();
    public TimeProvider Time { get; }
    public Ids Ids { get; }
    public string OrganizationId { get; }
    public Actor Actor { get; }
    public Row<User> Me { get; }
    public Table<Ticket> Tickets { get; }
    public Table<Comment> Comments { get; }
    public Table<User> Users { get; }
    public Table<Company> Companies { get; }
    public Table<Tag> Tags { get; }
    public Table<Attachment> Attachments { get; }
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);
    public List<(string TicketId, string UserId, DateTimeOffset At)> Followers { get; } = [];
    public List<(string TicketId, TicketLink Link)> Links { get; } = [];
    public List<Recorded> Events { get; } = [];
    public Dictionary<string, Kept> Answers { get; } = new(StringComparer.Ordinal);
    public long LastNumber { get; set; }

    /// <summary>The time, to the microsecond, as the API keeps it.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = Time.GetUtcNow().ToUniversalTime();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    /// <summary>Done as soon as the next event is recorded.</summary>
    public Task Happening => Volatile.Read(ref happened).Task;

    public void Record(IEnumerable<Recorded> events)
    {
        var before = Events.Count;
        Events.AddRange(events);
        if (Events.Count == before)
            return;
        Interlocked.Exchange(ref happened, New()).SetResult();
    }

    public Person PersonOf(User user) => new() { Id = user.Id, Name = user.Name, Email = user.Email, ExternalId = user.ExternalId };

    // Whoever waits must not run while the store is held.
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>An event as it was recorded, and what of it is asked for later.</summary>
internal sealed record Recorded(long Sequence, string Type, string? TicketId, string ResourceId, int Version, IReadOnlyList<string> Changed, string Json);

/// <summary>An answer that is given again for the same idempotency key.</summary>
internal sealed record Kept(string Fingerprint, Answer Answer, DateTimeOffset At);

/// <summary>What of an entity the fake must know, whatever kind it is.</summary>
internal abstract class Row
{
    public abstract string Id { get; }
    public abstract int Version { get; }
    public abstract string? TicketId { get; }
    public abstract JsonObject Show();
    public abstract void Stamp(DateTimeOffset? touchedAt);
    public abstract void Restore();
    public abstract void Keep();
    public abstract void Drop();
}

/// <summary>An entity: the SDK's own record of it, and as it was before the present request.</summary>
internal sealed class Row<T>(Table<T> table, T value) : Row where T : class
{
    private T kept = value;

    public T Value { get; set; } = value;

    public override string Id => table.IdOf(Value);

    public override int Version => table.VersionOf(Value);

    public override string? TicketId => Value switch { Ticket t => t.Id, Comment c => c.TicketId, Attachment a => a.TicketId, _ => null };

    public DateTimeOffset CreatedAt => table.CreatedAtOf(Value);

    public DateTimeOffset UpdatedAt => table.UpdatedAtOf(Value);

    public JsonObject ShowKept() => WireJson.Write(kept);

    public override JsonObject Show() => WireJson.Write(Value);

    // Its time is later than the last one's even where the clock stands still.
    public override void Stamp(DateTimeOffset? touchedAt) =>
        Value = table.Stamp(Value, Version + 1, touchedAt is not { } now ? UpdatedAt : now > UpdatedAt ? now : UpdatedAt.AddMicroseconds(1));

    public override void Restore() => Value = kept;

    public override void Keep() => kept = Value;

    public override void Drop() => table.Remove(this);
}

/// <summary>All entities of a kind, in the order they were made.</summary>
internal sealed class Table<T>(Func<T, string> id, Func<T, int> version, Func<T, DateTimeOffset> createdAt, Func<T, DateTimeOffset> updatedAt, Func<T, int, DateTimeOffset, T> stamp) where T : class
{
    private readonly List<Row<T>> rows = [];

    public Func<T, string> IdOf { get; } = id;
    public Func<T, int> VersionOf { get; } = version;
    public Func<T, DateTimeOffset> CreatedAtOf { get; } = createdAt;
    public Func<T, DateTimeOffset> UpdatedAtOf { get; } = updatedAt;
    public Func<T, int, DateTimeOffset, T> Stamp { get; } = stamp;

    public IReadOnlyList<Row<T>> Rows => rows;

    public Row<T>? Find(string? id) => rows.Find(r => r.Id == id);

    public Row<T> Add(T value)
    {
        var row = new Row<T>(this, value);
        rows.Add(row);
        return row;
    }

    public void Remove(Row<T> row) => rows.Remove(row);

    /// <summary>Changes what is shown of others beside these, without a new version of them.</summary>
    public void Reshow(Func<T, bool> which, Func<T, T> shown)
    {
        foreach (var row in rows.Where(r => which(r.Value)))
        {
            row.Value = shown(row.Value);
            row.Keep();
        }
    }
}
