using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;
using NpgsqlTypes;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>What is known of an event before the save: its type and what changed.</summary>
internal sealed class EventDraft
{
    private readonly Resource resource;
    private readonly string type;
    private readonly Dictionary<string, Change>? changes;

    // Of a change that the entity told itself nothing is hidden; of columns only what the response shows.
    private readonly bool told;

    private EventDraft(Resource resource, string type, Dictionary<string, Change>? changes, bool told)
    {
        this.told = told;
        this.resource = resource;
        this.type = type;
        this.changes = changes;
    }

    /// <summary>
    /// Takes what the tracked entities noted. Changes are the columns that differ, by their wire names. Of a new entity
    /// only that it was made is told: what it was made with stands in the data, and is no change.
    /// </summary>
    public static List<EventDraft> Collect(ChangeTracker tracker)
    {
        var drafts = new List<EventDraft>();
        foreach (var entry in tracker.Entries<Resource>())
        {
            var happenings = entry.Entity.Happenings;
            if (happenings.Count == 0)
                continue;
            var columns = entry.State == EntityState.Modified ? ChangedColumns(entry) : null;
            var claimed = happenings.SelectMany(h => h.Members).ToHashSet(StringComparer.Ordinal);
            foreach (var happening in happenings)
            {
                if (entry.State == EntityState.Added && happening.Members.Length > 0)
                    continue;
                var reported = happening.Changes ?? columns?
                    .Where(c => happening.Members.Length == 0 ? !claimed.Contains(c.Key) : happening.Members.Contains(c.Key))
                    .ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
                if (happening.IfChangedAt is { } changedAt)
                {
                    if (reported is not { Count: > 0 })
                        continue;
                    entry.Entity.Touch(changedAt);
                }
                drafts.Add(new(entry.Entity, happening.Type, reported is { Count: > 0 } ? reported : null, happening.Changes is not null));
            }
            entry.Entity.ClearHappenings();
        }
        return drafts;
    }

    /// <summary>Whether it stands in the audit log too.</summary>
    public bool IsAudited => AuditedAttribute.Types.Contains(type) && resource.IsAudited(type, [.. (changes ?? []).Keys]);

    public EventRow ToRow(TenantContext tenant)
    {
        var audience = resource.AudienceOf(type);
        var data = resource.Snapshot();
        var shown = Json.Options.GetTypeInfo(data.GetType()).Properties.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        // Only what the response shows can have changed in public: secrets and bookkeeping stay out.
        var visible = changes?.Where(c => told || shown.Contains(c.Key)).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        return new EventRow(
            resource.OrganizationId.Value, Guid.CreateVersion7(), type, tenant.Now, resource.Key, resource.Version,
            tenant.Actor, tenant.CausationId, tenant.CorrelationId,
            JsonSerializer.Serialize(data, data.GetType(), Json.Options),
            visible is { Count: > 0 } ? JsonSerializer.Serialize(visible, Json.Options) : null,
            audience, resource.TicketKey,
            audience.MaySee == Audiences.Customer ? JsonSerializer.Serialize(data, data.GetType(), Customers.Json) : null);
    }

    private static Dictionary<string, Change> ChangedColumns(EntityEntry entry)
    {
        var found = new Dictionary<string, Change>(StringComparer.Ordinal);
        foreach (var property in entry.Properties)
        {
            if (!property.IsModified || property.Metadata.Name is nameof(Resource.Version) or nameof(Resource.UpdatedAt))
                continue;
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Metadata.Name);
            found[name] = new(ToJson(property.OriginalValue), ToJson(property.CurrentValue));
        }
        return found;
    }

    private static JsonElement ToJson(object? value) => JsonSerializer.SerializeToElement(value, Json.Options);
}

internal sealed record EventRow(
    Guid OrganizationId, Guid Id, string Type, DateTimeOffset OccurredAt, Guid ResourceId, int ResourceVersion,
    Actor Actor, Guid? CausationId, string? CorrelationId, string Data, string? Changes, EventAudience Audience, Guid? TicketId, string? CustomerData);

/// <summary>Inserts event rows beside EF, after the entities' own statements and in the same transaction.</summary>
internal static class EventRecorder
{
    private const string Columns = """
        insert into events (organization_id, id, type, occurred_at, ticket_id, resource_id, resource_version, actor_kind, actor_id,
            causation_id, correlation_id, api_version, data, changes, audience, requester_id, company_id, inbox_id, team_id, customer_data)
        """;

    // The same text for the first, second, … event of any command, so that each is prepared once.
    private static readonly string[] Inserts = [.. Enumerable.Range(0, 10).Select(Insert)];

    public static async Task InsertAsync(NpgsqlConnection connection, List<EventRow> rows, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        Append(command, rows);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds the inserts to what the command does already.</summary>
    public static void Append(DbCommand command, List<EventRow> rows)
    {
        var text = new StringBuilder(command.CommandText);
        for (var i = 0; i < rows.Count; i++)
        {
            text.Append(i < Inserts.Length ? Inserts[i] : Insert(i));
            AddParameters(command, i, rows[i]);
        }
        command.CommandText = text.ToString();
    }

    private static string Insert(int index) => $"{Columns} values ({string.Join(", ", Enumerable.Range(0, 20).Select(n => "@" + Name(index, n)))});\n";

    private static string Name(int index, int column) => string.Create(CultureInfo.InvariantCulture, $"event{index}_{column}");

    private static void AddParameters(DbCommand command, int index, EventRow row)
    {
        var column = 0;
        void Add(NpgsqlDbType type, object? value) => command.Parameters.Add(new NpgsqlParameter(Name(index, column++), type) { Value = value ?? DBNull.Value });
        Add(NpgsqlDbType.Uuid, row.OrganizationId);
        Add(NpgsqlDbType.Uuid, row.Id);
        Add(NpgsqlDbType.Text, row.Type);
        Add(NpgsqlDbType.TimestampTz, row.OccurredAt);
        Add(NpgsqlDbType.Uuid, row.TicketId);
        Add(NpgsqlDbType.Uuid, row.ResourceId);
        Add(NpgsqlDbType.Integer, row.ResourceVersion);
        Add(NpgsqlDbType.Text, row.Actor.Kind);
        Add(NpgsqlDbType.Text, row.Actor.Id);
        Add(NpgsqlDbType.Uuid, row.CausationId);
        Add(NpgsqlDbType.Text, row.CorrelationId);
        Add(NpgsqlDbType.Text, "v1");
        Add(NpgsqlDbType.Json, row.Data);
        Add(NpgsqlDbType.Json, row.Changes);
        Add(NpgsqlDbType.Text, row.Audience.MaySee);
        Add(NpgsqlDbType.Uuid, row.Audience.RequesterId);
        Add(NpgsqlDbType.Uuid, row.Audience.CompanyId);
        Add(NpgsqlDbType.Uuid, row.Audience.InboxId);
        Add(NpgsqlDbType.Uuid, row.Audience.TeamId);
        Add(NpgsqlDbType.Json, row.CustomerData);
    }
}
