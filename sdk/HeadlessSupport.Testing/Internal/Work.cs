using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>
/// What one request changes. All of it is kept together with its events, or none: a row notes what happened to it, and
/// at the end an event is made of each note, with the members that differ.
/// </summary>
internal sealed class Work(Store store, string requestId)
{
    // A change of these is told by itself, in words of its own, or not at all.
    private static readonly HashSet<string> NoColumns = new(StringComparer.Ordinal) { "version", "updated_at", "tags", "requester", "author", "attachments", "can_sign_in" };

    private readonly List<Entry> added = [];
    private readonly List<Entry> present = [];
    private readonly List<Entry> removed = [];
    private readonly List<Action> undo = [];

    public Store Store { get; } = store;

    public DateTimeOffset Now { get; } = store.Now;

    /// <summary>Makes something, and notes that.</summary>
    public Row<T> Add<T>(Table<T> table, T value, string type) where T : class
    {
        var row = table.Add(value);
        var entry = new Entry(row, null, row.Show);
        entry.Notes.Add(new(type, [], null, false));
        added.Add(entry);
        return row;
    }

    /// <summary>Notes that something was removed.</summary>
    public void Remove<T>(Row<T> row, string type) where T : class
    {
        var entry = new Entry(row, null, row.Show);
        entry.Notes.Add(new(type, [], null, false));
        removed.Add(entry);
    }

    /// <summary>Sees to it that the change gets a new version.</summary>
    public void Touch<T>(Row<T> row) where T : class => Of(row).IsTouched = true;

    /// <summary>Notes what happened. The event tells the change of these members; of none, all that no other event tells.</summary>
    public void Happened<T>(Row<T> row, string type, params string[] members) where T : class
    {
        var entry = Of(row);
        entry.IsTouched = true;
        if (!entry.Notes.Exists(n => n.Type == type))
            entry.Notes.Add(new(type, members, null, false));
    }

    /// <summary>Notes a change that is no member's, from and to.</summary>
    public void Happened<T>(Row<T> row, string type, string member, JsonNode? from, JsonNode? to) where T : class
    {
        var entry = Of(row);
        entry.IsTouched = true;
        entry.Notes.Add(new(type, [member], new JsonObject { [member] = FromTo(from, to) }, false));
    }

    /// <summary>Notes that it was set to what someone asked for; where that changes nothing, nothing happened.</summary>
    public void Updated<T>(Row<T> row, string type) where T : class
    {
        var entry = Of(row);
        if (!entry.Notes.Exists(n => n.Type == type))
            entry.Notes.Add(new(type, [], null, true));
    }

    /// <summary>Does what has no row, so that it can be undone.</summary>
    public void Do(Action act, Action back)
    {
        act();
        undo.Add(back);
    }

    /// <summary>Keeps it, and records the events. A second time does nothing more.</summary>
    public void Save()
    {
        var events = new List<(Entry Entry, string Type, JsonObject? Changes)>();
        foreach (var entry in added.Concat(present).Concat(removed))
            Tell(entry, events);
        foreach (var entry in present)
        {
            if (entry.IsTouched || entry.Changes().Count > 0)
                entry.Row.Stamp(entry.IsTouched ? Now : null);
        }
        var sequence = Store.Events.Count;
        Store.Record(events.ConvertAll(e => Record(e.Entry.Row, e.Type, e.Changes, ++sequence)));
        foreach (var entry in added.Concat(present))
            entry.Row.Keep();
        foreach (var entry in removed)
            entry.Row.Drop();
        added.Clear();
        present.Clear();
        removed.Clear();
        undo.Clear();
    }

    /// <summary>Leaves everything as it was.</summary>
    public void Undo()
    {
        foreach (var entry in added)
            entry.Row.Drop();
        foreach (var entry in present)
            entry.Row.Restore();
        foreach (var back in undo)
            back();
    }

    private static void Tell(Entry entry, List<(Entry Entry, string Type, JsonObject? Changes)> events)
    {
        var columns = entry.Changes();
        var claimed = entry.Notes.SelectMany(n => n.Members).ToHashSet(StringComparer.Ordinal);
        foreach (var note in entry.Notes)
        {
            // What it was made with is no change.
            if (entry.IsNew && note.Members.Length > 0)
                continue;
            var told = note.Changes ?? new JsonObject(columns.Where(c => note.Members.Length == 0 ? !claimed.Contains(c.Key) : note.Members.Contains(c.Key)).Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone())));
            if (note.OnlyIfChanged && told.Count == 0)
                continue;
            entry.IsTouched |= note.OnlyIfChanged;
            events.Add((entry, note.Type, told.Count > 0 ? told : null));
        }
    }

    private Recorded Record(Row row, string type, JsonObject? changes, long sequence)
    {
        var data = row.Show();
        if (row is Row<Comment> comment)
            data = WireJson.Write(FakeComments.CutForEvent(comment.Value));
        var json = new JsonObject
        {
            ["id"] = Store.Ids.New("evt"),
            ["type"] = type,
            ["sequence"] = sequence,
            ["timestamp"] = WireJson.Time(Now),
            ["organization_id"] = Store.OrganizationId,
            ["ticket_id"] = row.TicketId,
            ["actor"] = new JsonObject { ["kind"] = Store.Actor.Kind, ["id"] = Store.Actor.Id },
            ["causation_id"] = null,
            ["correlation_id"] = requestId,
            ["api_version"] = "v1",
            ["data"] = data,
            ["changes"] = changes,
        };
        return new(sequence, type, row.TicketId, row.Id, row.Version, [.. (changes ?? []).Select(c => c.Key)], json.ToJsonString(WireJson.Options));
    }

    private Entry Of<T>(Row<T> row) where T : class
    {
        var entry = added.Concat(present).FirstOrDefault(e => e.Row == row);
        if (entry is null)
            present.Add(entry = new Entry(row, row.ShowKept(), row.Show));
        return entry;
    }

    private static JsonObject FromTo(JsonNode? from, JsonNode? to) => new() { ["from"] = from, ["to"] = to };

    private sealed record Note(string Type, string[] Members, JsonObject? Changes, bool OnlyIfChanged);

    // Before is null where it is new, or goes.
    private sealed class Entry(Row row, JsonObject? before, Func<JsonObject> show)
    {
        public Row Row { get; } = row;
        public bool IsNew => before is null;
        public bool IsTouched { get; set; }
        public List<Note> Notes { get; } = [];

        public JsonObject Changes()
        {
            var changes = new JsonObject();
            if (before is null)
                return changes;
            foreach (var (name, value) in show())
            {
                if (!NoColumns.Contains(name) && !JsonNode.DeepEquals(before[name], value))
                    changes[name] = FromTo(before[name]?.DeepClone(), value?.DeepClone());
            }
            return changes;
        }
    }
}
