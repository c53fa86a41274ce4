using System.Globalization;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using Npgsql;

namespace HeadlessSupport.Api.Search;

/// <summary>What is to be done in one organization, within the transaction that holds its cursor.</summary>
internal sealed class SearchWork(NpgsqlConnection connection, SearchIndex index, Guid organization, SearchState found)
{
    private const int TicketsAtOnce = 100;
    private const int WordsAtOnce = 5000;
    private SearchState state = found;

    private static readonly HashSet<string> OfTickets = new(StringComparer.Ordinal)
    {
        TicketEvents.Created, TicketEvents.Tagged, TicketEvents.Deleted, TicketEvents.Restored, TicketEvents.Replied, TicketEvents.NoteAdded,
    };

    /// <summary>Indexes what these events tell of, and remembers that it did. Answers whether there were any.</summary>
    public async Task<bool> FollowAsync(List<Heard> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return false;
        await FollowLanguageAsync(cancellationToken);
        await index.RebuildAsync(connection, organization, [.. events.Where(Concerns).Select(e => e.Ticket!.Value).Distinct()], state, cancellationToken);
        foreach (var (kind, subject) in events.Select(TaskOf).OfType<(string, string)>().Distinct())
            await BeginAsync(kind, subject, cancellationToken);
        await ExecuteAsync("update search_cursors set sequence = $2 where organization_id = $1", cancellationToken, events[^1].Sequence);
        return true;
    }

    /// <summary>Does a piece of what takes longer. Answers whether there was any.</summary>
    public async Task<bool> ContinueAsync(CancellationToken cancellationToken)
    {
        var tasks = await ReadAsync(
            "select kind, subject, place from search_tasks where organization_id = $1 order by kind = 'everything', kind, subject limit 1",
            r => new LongTask(r.GetString(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2)), cancellationToken);
        if (tasks is not [var task])
            return false;
        var place = task.Kind switch
        {
            "everything" => await EverythingAsync(task, cancellationToken),
            "requester" => await WalkAsync(
                """
                select id from tickets
                where organization_id = $1 and requester_id = $4 and deleted_at is null
                    and (created_at, id) > (coalesce((select created_at from tickets where organization_id = $1 and id = $2), '-infinity'), $2)
                order by created_at, id limit $3
                """, task, Guid.Parse(task.Subject), cancellationToken),
            "tag" => await WalkAsync(
                "select ticket_id from ticket_tags where organization_id = $1 and tag_id = $4 and ticket_id > $2 order by ticket_id limit $3", task, Guid.Parse(task.Subject), cancellationToken),
            "tagged" => await TaggedAsync(task, cancellationToken),
            "stems" => await StemsAsync(task, cancellationToken),
            _ => await ForgetAsync(task, cancellationToken),
        };
        await (place is null
            ? ExecuteAsync("delete from search_tasks where organization_id = $1 and kind = $2 and subject = $3", cancellationToken, task.Kind, task.Subject)
            : ExecuteAsync("update search_tasks set place = $4 where organization_id = $1 and kind = $2 and subject = $3", cancellationToken, task.Kind, task.Subject, place));
        return true;
    }

    private static bool Concerns(Heard heard) =>
        heard.Ticket is not null && (OfTickets.Contains(heard.Type) || (heard.Type == TicketEvents.Updated && (heard.Changed.Contains("subject") || heard.Changed.Contains("requester_id"))));

    private static (string Kind, string Subject)? TaskOf(Heard heard) => heard.Type switch
    {
        UserEvents.Updated when heard.Changed.Contains("name") || heard.Changed.Contains("email") => ("requester", heard.Resource.ToString()),
        TagEvents.Updated when heard.Changed.Contains("name") => ("tag", heard.Resource.ToString()),
        TagEvents.Deleted when heard.Name is not null => ("tagged", heard.Name),
        _ => null,
    };

    // The organization's language; where it is another than before, its words get new stems, in pieces.
    private async Task FollowLanguageAsync(CancellationToken cancellationToken)
    {
        var locale = (await ReadAsync("select locale from organizations where organization_id = $1", r => r.GetString(0), cancellationToken)).Single();
        var dictionary = Languages.DictionaryOf(locale);
        if (dictionary == state.Dictionary)
            return;
        state = state with { Dictionary = dictionary };
        await ExecuteAsync("update search_cursors set dictionary = $2 where organization_id = $1", cancellationToken, dictionary);
        await ExecuteAsync("delete from search_tasks where organization_id = $1 and kind = 'stems'", cancellationToken);
        await BeginAsync("stems", "", cancellationToken);
    }

    // From the beginning, also where one is at work already: what it has passed may have changed since.
    private Task BeginAsync(string kind, string subject, CancellationToken cancellationToken) =>
        ExecuteAsync("insert into search_tasks (organization_id, kind, subject) values ($1, $2, $3) on conflict (organization_id, kind, subject) do update set place = null", cancellationToken, kind, subject);

    // A new run begins with it, and what is of an earlier one in the end is of no ticket any more.
    private async Task<string?> EverythingAsync(LongTask task, CancellationToken cancellationToken)
    {
        if (task.Place is null)
        {
            state = state with { Run = state.Run + 1 };
            await ExecuteAsync("update search_cursors set run = $2 where organization_id = $1", cancellationToken, state.Run);
        }
        var place = await WalkAsync("select id from tickets where organization_id = $1 and id > $2 order by id limit $3", task, null, cancellationToken);
        if (place is null)
            await BeginAsync("forget", "", cancellationToken);
        return place;
    }

    private async Task<string?> WalkAsync(string sql, LongTask task, Guid? subject, CancellationToken cancellationToken)
    {
        var after = task.Place is null ? Guid.Empty : Guid.Parse(task.Place);
        var tickets = await ReadAsync(sql, r => r.GetGuid(0), cancellationToken, subject is null ? [after, TicketsAtOnce] : [after, TicketsAtOnce, subject.Value]);
        await index.RebuildAsync(connection, organization, [.. tickets], state, cancellationToken);
        return tickets.Count == TicketsAtOnce ? tickets[^1].ToString() : null;
    }

    // The tag is gone and with it the rows that said which tickets had it: the index itself still knows. One age of
    // tickets at a time, the newest first.
    private async Task<string?> TaggedAsync(LongTask task, CancellationToken cancellationToken)
    {
        var age = task.Place is null ? (int)(state.Newest / 16384) : int.Parse(task.Place, CultureInfo.InvariantCulture);
        var tickets = await ReadAsync("select search_tagged($2, $3) where $1 is not null", r => r.GetGuid(0), cancellationToken, task.Subject, age);
        foreach (var some in tickets.Chunk(TicketsAtOnce))
            await index.RebuildAsync(connection, organization, some, state, cancellationToken);
        return age > 0 ? (age - 1).ToString(CultureInfo.InvariantCulture) : null;
    }

    private async Task<string?> StemsAsync(LongTask task, CancellationToken cancellationToken)
    {
        var words = await ReadAsync(
            """
            update search_words w set stem = nullif((ts_lexize($4::regdictionary, w.word))[1], w.word)
            from (select word from search_words where organization_id = $1 and word > $2 order by word limit $3) n
            where w.organization_id = $1 and w.word = n.word
            returning w.word
            """, r => r.GetString(0), cancellationToken, task.Place ?? "", WordsAtOnce, "pg_catalog." + state.Dictionary);
        return words.Count == WordsAtOnce ? words.Max(StringComparer.Ordinal) : null;
    }

    private async Task<string?> ForgetAsync(LongTask task, CancellationToken cancellationToken)
    {
        var words = await ReadAsync(
            """
            with piece as (select word, run from search_words where organization_id = $1 and word > $2 order by word limit $3),
            gone as (delete from search_words w using piece s where w.organization_id = $1 and w.word = s.word and s.run < $4)
            select word from piece
            """, r => r.GetString(0), cancellationToken, task.Place ?? "", WordsAtOnce, state.Run);
        return words.Count == WordsAtOnce ? words.Max(StringComparer.Ordinal) : null;
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] arguments)
    {
        await using var command = Command(sql, arguments);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, object[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = organization } } };
        foreach (var argument in arguments)
            command.Parameters.Add(new() { Value = argument });
        return command;
    }

    private sealed record LongTask(string Kind, string Subject, string? Place);
}
