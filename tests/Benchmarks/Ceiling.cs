using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace HeadlessSupport.Benchmarks;

/// <summary>
/// What the machine could do at best: bare Kestrel, prepared SQL in one round trip, the same rows under the same row
/// security, the same bytes as answer. No keys, no routing, no checks, no Markdown, no objects in between.
/// </summary>
internal sealed class Ceiling(string connectionString)
{
    // More at once than the machine has cores for only makes them wait for one another.
    private const int Sessions = 16;
    private readonly ConcurrentBag<Session> idle = [];
    private readonly SemaphoreSlim free = new(Sessions);

    public static async Task RunAsync(string connectionString, int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(k => k.AddServerHeader = false);
        await using var app = builder.Build();
        app.Run(new Ceiling(connectionString).AnswerAsync);
        await app.RunAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/allocated")
        {
            await context.Response.WriteAsync(GC.GetTotalAllocatedBytes().ToString(CultureInfo.InvariantCulture));
            return;
        }
        await free.WaitAsync();
        var session = idle.TryTake(out var known) ? known : await Session.OpenAsync(connectionString);
        try
        {
            var organization = Guid.Parse(context.Request.Headers["X-Organization"].ToString());
            var json = path switch
            {
                "/api/v1/tickets" when HttpMethods.IsGet(context.Request.Method) => await session.ListAsync(organization),
                "/api/v1/tickets" => await session.CreateAsync(organization, await BodyAsync(context)),
                _ when HttpMethods.IsGet(context.Request.Method) => await session.GetAsync(organization, TicketOf(path)),
                _ => await session.ReplyAsync(organization, Guid.Parse(context.Request.Headers["X-User"].ToString()), TicketOf(path), await BodyAsync(context)),
            };
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 200 : 201;
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = json.WrittenCount;
            await context.Response.BodyWriter.WriteAsync(json.WrittenMemory);
        }
        finally
        {
            idle.Add(session);
            free.Release();
        }
    }

    private static Guid TicketOf(string path) => TypeId.TryParse(path.AsSpan("/api/v1/tickets/".Length, 30), "tkt", out var id) ? id : throw new InvalidOperationException(path);

    private static async Task<JsonElement> BodyAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        return document.RootElement.Clone();
    }

    /// <summary>A connection with everything prepared on it.</summary>
    private sealed class Session
    {
        private const string Tenant = "select set_config('app.organization_id', $1::text, true)";

        private const string Ticket = """
            select t.id, t.number, t.subject, t.status, t.priority, t.type, t.channel, t.inbox_id, u.id, u.name, u.email, u.external_id, t.company_id, t.assignee_id, t.team_id, t.language,
                array(select g.name from ticket_tags x join tags g on g.organization_id = x.organization_id and g.id = x.tag_id where x.organization_id = t.organization_id and x.ticket_id = t.id order by g.name),
                t.custom_fields, t.metadata, t.external_id, t.reopen_count, t.first_response_at, t.solved_at, t.closed_at, t.deleted_at, t.created_at, t.updated_at, t.version
            from tickets t join users u on u.organization_id = t.organization_id and u.id = t.requester_id
            """;

        private const string Seen = "select answer from idempotency_records where organization_id = $1 and scope = $2";
        private const string Keep = "insert into idempotency_records (organization_id, scope, fingerprint, answer, created_at) values ($1, $2, $3, $4, $5)";

        private const string Comment = """
            insert into comments (organization_id, id, ticket_id, author_id, author_kind, visibility, channel, body, body_format, html, text, version, created_at, updated_at)
            """;

        private const string Event = """
            insert into events (organization_id, id, sequence, type, occurred_at, ticket_id, resource_id, resource_version, actor_kind, actor_id, correlation_id, api_version, data, audience, requester_id, customer_data)
            """;

        // As large as the API's own.
        private static readonly string TicketData = $$"""{"ticket":"{{new string('x', 800)}}"}""";
        private static readonly string CommentData = $$"""{"comment":"{{new string('x', 1450)}}"}""";
        private static readonly string TicketView = $$"""{"ticket":"{{new string('x', 390)}}"}""";
        private static readonly string CommentView = $$"""{"comment":"{{new string('x', 930)}}"}""";
        private static readonly byte[] Answer = RandomNumberGenerator.GetBytes(1200);
        private static readonly string Actor = TypeId.Format("key", Guid.CreateVersion7());

        // Its events have negative places, before all that anyone follows: the API's listeners are to hear of the API's only.
        private static long lastNumber = 1_000_000_000;

        private readonly ArrayBufferWriter<byte> json = new(32_768);
        private readonly Utf8JsonWriter writer;
        private readonly NpgsqlBatch get;
        private readonly NpgsqlBatch list;
        private readonly NpgsqlBatch create;
        private readonly NpgsqlBatch reply;

        private Session(NpgsqlConnection connection)
        {
            writer = new(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            get = Batch(connection, (Tenant, Uuid), (Ticket + " where t.organization_id = $1 and t.id = $2 and t.deleted_at is null", [.. Uuid, NpgsqlDbType.Uuid]));
            list = Batch(connection, (Tenant, Uuid), (Ticket + " where t.organization_id = $1 and t.deleted_at is null order by t.created_at desc, t.id desc limit 51", Uuid));
            create = Batch(connection,
                (Tenant, Uuid),
                (Seen, [NpgsqlDbType.Uuid, NpgsqlDbType.Bytea]),
                ("select id, name, email, external_id from users where organization_id = $1 and email = $2", [NpgsqlDbType.Uuid, NpgsqlDbType.Text]),
                ("""
                insert into tickets (organization_id, id, number, subject, status, priority, channel, requester_id, custom_fields, metadata, reopen_count, version, created_at, updated_at)
                values ($1, $2, $3, $4, 'new', 2, 'api', (select id from users where organization_id = $1 and email = $5), '{}', '{}', 0, 1, $6, $6)
                """, [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz]),
                (Comment + "select $1, $2, $3, requester_id, 'customer', 'public', 'api', $4, 'markdown', $5, $4, 1, $6, $6 from tickets where organization_id = $1 and id = $3",
                    [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz]),
                (Event + "select $1, $2, $3, 'ticket.created', $4, $5, $5, 1, 'api_key', $6, $7, 'v1', $8, 'customer', requester_id, $9 from tickets where organization_id = $1 and id = $5", EventTypes),
                (Event + "select $1, $2, $3, 'ticket.replied', $4, $5, $10, 1, 'api_key', $6, $7, 'v1', $8, 'customer', requester_id, $9 from tickets where organization_id = $1 and id = $5", [.. EventTypes, NpgsqlDbType.Uuid]),
                (Keep, KeepTypes));
            reply = Batch(connection,
                (Tenant, Uuid),
                (Seen, [NpgsqlDbType.Uuid, NpgsqlDbType.Bytea]),
                ("select id, name, email, external_id from users where organization_id = $1 and id = $2", [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid]),
                ("update tickets set version = version + 1, updated_at = $3, first_response_at = coalesce(first_response_at, $3) where organization_id = $1 and id = $2 and deleted_at is null and status <> 'closed'",
                    [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.TimestampTz]),
                (Comment + "values ($1, $2, $3, $7, 'agent', 'public', 'api', $4, 'markdown', $5, $4, 1, $6, $6)",
                    [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz, NpgsqlDbType.Uuid]),
                (Event + "select $1, $2, $3, 'ticket.replied', $4, $5, $10, 1, 'api_key', $6, $7, 'v1', $8, 'customer', requester_id, $9 from tickets where organization_id = $1 and id = $5", [.. EventTypes, NpgsqlDbType.Uuid]),
                (Keep, KeepTypes));
        }

        private static NpgsqlDbType[] Uuid => [NpgsqlDbType.Uuid];

        private static NpgsqlDbType[] EventTypes =>
            [NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Bigint, NpgsqlDbType.TimestampTz, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Json, NpgsqlDbType.Json];

        private static NpgsqlDbType[] KeepTypes => [NpgsqlDbType.Uuid, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.TimestampTz];

        public static async Task<Session> OpenAsync(string connectionString)
        {
            var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            var session = new Session(connection);
            foreach (var batch in (NpgsqlBatch[])[session.get, session.list, session.create, session.reply])
                await batch.PrepareAsync();
            return session;
        }

        public async Task<ArrayBufferWriter<byte>> GetAsync(Guid organization, Guid ticket)
        {
            Set(get, 0, organization);
            Set(get, 1, organization, ticket);
            await using var reader = await get.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Begin();
            WriteTicket(reader);
            return End();
        }

        public async Task<ArrayBufferWriter<byte>> ListAsync(Guid organization)
        {
            Set(list, 0, organization);
            Set(list, 1, organization);
            await using var reader = await list.ExecuteReaderAsync();
            await reader.NextResultAsync();
            Begin();
            writer.WriteStartObject();
            writer.WriteStartArray("data");
            var rows = 0;
            while (await reader.ReadAsync())
            {
                if (++rows <= 50)
                    WriteTicket(reader);
            }
            writer.WriteEndArray();
            if (rows > 50)
                writer.WriteString("next_cursor", Cursor);
            else
                writer.WriteNull("next_cursor");
            writer.WriteBoolean("has_more", rows > 50);
            writer.WriteEndObject();
            return End();
        }

        public async Task<ArrayBufferWriter<byte>> CreateAsync(Guid organization, JsonElement body)
        {
            var (ticket, comment, now, scope) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Now(), RandomNumberGenerator.GetBytes(32));
            var subject = body.GetProperty("subject").GetString()!;
            var email = body.GetProperty("requester").GetProperty("email").GetString()!;
            var text = body.GetProperty("comment").GetProperty("body").GetString()!;
            var number = Interlocked.Increment(ref lastNumber);
            Set(create, 0, organization);
            Set(create, 1, organization, scope);
            Set(create, 2, organization, email);
            Set(create, 3, organization, ticket, number, subject, email, now);
            Set(create, 4, organization, comment, ticket, text, $"<p>{text}</p>", now);
            Set(create, 5, organization, Guid.CreateVersion7(), -number * 2, now, ticket, Actor, Request(), TicketData, TicketView);
            Set(create, 6, organization, Guid.CreateVersion7(), (-number * 2) - 1, now, ticket, Actor, Request(), CommentData, CommentView, comment);
            Set(create, 7, organization, scope, scope, Answer, now);
            await using var reader = await create.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Begin();
            WriteNewTicket(ticket, number, subject, reader, now);
            await reader.NextResultAsync();
            return End();
        }

        public async Task<ArrayBufferWriter<byte>> ReplyAsync(Guid organization, Guid user, Guid ticket, JsonElement body)
        {
            var (comment, now, scope) = (Guid.CreateVersion7(), Now(), RandomNumberGenerator.GetBytes(32));
            var text = body.GetProperty("body").GetString()!;
            Set(reply, 0, organization);
            Set(reply, 1, organization, scope);
            Set(reply, 2, organization, user);
            Set(reply, 3, organization, ticket, now);
            Set(reply, 4, organization, comment, ticket, text, $"<p>{text}</p>", now, user);
            Set(reply, 5, organization, Guid.CreateVersion7(), -Interlocked.Increment(ref lastNumber) * 2, now, ticket, Actor, Request(), CommentData, CommentView, comment);
            Set(reply, 6, organization, scope, scope, Answer, now);
            await using var reader = await reply.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            Begin();
            WriteNewComment(comment, ticket, text, reader, now);
            await reader.NextResultAsync();
            return End();
        }

        private static string Cursor { get; } = new('c', 278);

        private static NpgsqlBatch Batch(NpgsqlConnection connection, params (string Sql, NpgsqlDbType[] Types)[] commands)
        {
            var batch = new NpgsqlBatch(connection);
            foreach (var (sql, types) in commands)
            {
                var command = new NpgsqlBatchCommand(sql);
                foreach (var type in types)
                    command.Parameters.Add(new() { NpgsqlDbType = type });
                batch.BatchCommands.Add(command);
            }
            return batch;
        }

        private static void Set(NpgsqlBatch batch, int command, params ReadOnlySpan<object> values)
        {
            for (var i = 0; i < values.Length; i++)
                batch.BatchCommands[command].Parameters[i].Value = values[i];
        }

        private static DateTimeOffset Now()
        {
            var now = TimeProvider.System.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }

        private static string Request() => TypeId.Format("req", Guid.CreateVersion7());

        private void Begin()
        {
            json.ResetWrittenCount();
            writer.Reset();
        }

        private ArrayBufferWriter<byte> End()
        {
            writer.Flush();
            return json;
        }

        private void WriteTicket(NpgsqlDataReader row)
        {
            writer.WriteStartObject();
            writer.WriteString("id", TypeId.Format("tkt", row.GetGuid(0)));
            writer.WriteNumber("number", row.GetInt64(1));
            writer.WriteString("subject", row.GetString(2));
            writer.WriteString("status", row.GetString(3));
            writer.WriteString("priority", row.GetInt16(4) switch { 1 => "low", 2 => "normal", 3 => "high", _ => "urgent" });
            Text("type", row, 5);
            writer.WriteString("channel", row.GetString(6));
            Id("inbox_id", "inb", row, 7);
            WritePerson("requester", row, 8);
            Id("company_id", "com", row, 12);
            Id("assignee_id", "usr", row, 13);
            Id("team_id", "tem", row, 14);
            Text("language", row, 15);
            writer.WriteStartArray("tags");
            foreach (var tag in row.GetFieldValue<string[]>(16))
                writer.WriteStringValue(tag);
            writer.WriteEndArray();
            writer.WritePropertyName("custom_fields");
            writer.WriteRawValue(row.GetString(17), skipInputValidation: true);
            writer.WritePropertyName("metadata");
            writer.WriteRawValue(row.GetString(18), skipInputValidation: true);
            Text("external_id", row, 19);
            writer.WriteNumber("reopen_count", row.GetInt32(20));
            string[] times = ["first_response_at", "solved_at", "closed_at", "deleted_at", "created_at", "updated_at"];
            for (var i = 0; i < times.Length; i++)
                Time(times[i], row.IsDBNull(21 + i) ? null : row.GetFieldValue<DateTimeOffset>(21 + i));
            writer.WriteNumber("version", row.GetInt32(27));
            writer.WriteEndObject();
        }

        private void WriteNewTicket(Guid id, long number, string subject, NpgsqlDataReader requester, DateTimeOffset now)
        {
            writer.WriteStartObject();
            writer.WriteString("id", TypeId.Format("tkt", id));
            writer.WriteNumber("number", number);
            writer.WriteString("subject", subject);
            writer.WriteString("status", "new");
            writer.WriteString("priority", "normal");
            writer.WriteNull("type");
            writer.WriteString("channel", "api");
            writer.WriteNull("inbox_id");
            WritePerson("requester", requester, 0);
            foreach (var name in (string[])["company_id", "assignee_id", "team_id", "language"])
                writer.WriteNull(name);
            writer.WriteStartArray("tags");
            writer.WriteEndArray();
            writer.WriteStartObject("custom_fields");
            writer.WriteEndObject();
            writer.WriteStartObject("metadata");
            writer.WriteEndObject();
            writer.WriteNull("external_id");
            writer.WriteNumber("reopen_count", 0);
            foreach (var name in (string[])["first_response_at", "solved_at", "closed_at", "deleted_at"])
                writer.WriteNull(name);
            Time("created_at", now);
            Time("updated_at", now);
            writer.WriteNumber("version", 1);
            writer.WriteEndObject();
        }

        private void WriteNewComment(Guid id, Guid ticket, string body, NpgsqlDataReader author, DateTimeOffset now)
        {
            writer.WriteStartObject();
            writer.WriteString("id", TypeId.Format("cmt", id));
            writer.WriteString("ticket_id", TypeId.Format("tkt", ticket));
            WritePerson("author", author, 0);
            writer.WriteString("author_kind", "agent");
            writer.WriteString("visibility", "public");
            writer.WriteString("channel", "api");
            writer.WriteString("body", body);
            writer.WriteString("body_format", "markdown");
            writer.WriteString("html", $"<p>{body}</p>");
            writer.WriteString("text", body);
            writer.WriteBoolean("truncated", false);
            writer.WriteNull("in_reply_to");
            writer.WriteStartArray("attachments");
            writer.WriteEndArray();
            Time("created_at", now);
            writer.WriteNumber("version", 1);
            writer.WriteEndObject();
        }

        private void WritePerson(string name, NpgsqlDataReader row, int at)
        {
            writer.WriteStartObject(name);
            writer.WriteString("id", TypeId.Format("usr", row.GetGuid(at)));
            Text("name", row, at + 1);
            Text("email", row, at + 2);
            Text("external_id", row, at + 3);
            writer.WriteEndObject();
        }

        private void Text(string name, NpgsqlDataReader row, int at) => writer.WriteString(name, row.IsDBNull(at) ? null : row.GetString(at));

        private void Id(string name, string prefix, NpgsqlDataReader row, int at) => writer.WriteString(name, row.IsDBNull(at) ? null : TypeId.Format(prefix, row.GetGuid(at)));

        private void Time(string name, DateTimeOffset? time) =>
            writer.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
    }
}
