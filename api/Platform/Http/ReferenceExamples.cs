using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// An example for every body and answer of the contract, built from its schema, so that it can never contradict it:
/// well-known members have well-known values, the rest what their type allows.
/// </summary>
internal static class ReferenceExamples
{
    private const int MaxDepth = 6;

    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["subject"] = "\"The printer burns\"",
        ["body"] = "\"It *burns* since this morning.\"",
        ["html"] = "\"<p>It <em>burns</em> since this morning.</p>\"",
        ["text"] = "\"It burns since this morning.\"",
        ["email"] = "\"bob@example.com\"",
        ["name"] = "\"Bob\"",
        ["slug"] = "\"acme\"",
        ["role"] = "\"agent\"",
        ["locale"] = "\"en\"",
        ["language"] = "\"en\"",
        ["time_zone"] = "\"Europe/Berlin\"",
        ["tags"] = "[\"billing\"]",
        ["scopes"] = "[\"tickets.read\",\"tickets.write\"]",
        ["domains"] = "[\"example.com\"]",
        ["skills"] = "[\"french\"]",
        ["allowed_networks"] = "[\"203.0.113.0/24\"]",
        ["external_id"] = "\"4711\"",
        ["metadata"] = "{\"order\":\"4711\"}",
        ["custom_fields"] = "{\"plan\":\"pro\",\"seats\":12}",
        ["hint"] = "\"hs_test_4fGq\"",
        ["secret"] = "\"hs_test_4fGqs0mZ1nE2xAmPl3oNlYnOtArEaLkEyAtAlL00Xy1Zab3dQ\"",
        ["color"] = "\"#1a73e8\"",
        ["primary_color"] = "\"#1a73e8\"",
        ["logo_url"] = "\"https://example.com/logo.png\"",
        ["website_url"] = "\"https://example.com\"",
        ["url"] = "\"https://example.com/incidents/7\"",
        ["download_url"] = "\"http://127.0.0.1:5080/api/v1/files/CfDJ8…\"",
        ["content_type"] = "\"image/png\"",
        ["sha256"] = "\"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\"",
        ["correlation_id"] = "\"req_01h455vb4pex5vsknk084sn02q\"",
        ["sequence"] = "42",
        ["number"] = "17",
        ["version"] = "1",
        ["api_version"] = "\"v1\"",
        ["ApiKey.name"] = "\"Web shop\"",
        ["Attachment.name"] = "\"burn-marks.png\"",
        ["Company.name"] = "\"Example Ltd\"",
        ["Inbox.name"] = "\"Web shop\"",
        ["Organization.name"] = "\"Acme\"",
        ["Permission.name"] = "\"tickets.read\"",
        ["Permission.allows"] = "\"Read, list and search tickets, their public comments, tags, links and followers.\"",
        ["Permission.roles"] = "[\"admin\",\"manager\",\"agent\",\"customer\"]",
        ["Role.name"] = "\"Billing\"",
        ["permissions"] = "[\"tickets.read\",\"tickets.write\"]",
        ["require_mfa_roles"] = "[\"admin\"]",
        ["AuditEntry.action"] = "\"role.updated\"",
        ["AuditEntry.target_type"] = "\"role\"",
        ["AuditEntry.target_id"] = "\"rol_01h455vb4pex5vsknk084sn02q\"",
        ["AuditEntry.ip"] = "\"203.0.113.7\"",
        ["AuditEntry.user_agent"] = "\"curl/8.5.0\"",
        ["AuditEntry.request_id"] = "\"req_01h455vb4pex5vsknk084sn02q\"",
        ["AuditEntry.changes"] = "{\"name\":{\"from\":\"Billing\",\"to\":\"Finance\"}}",
        ["AuditEntry.details"] = "null",
        ["issuer"] = "\"https://id.example.com\"",
        ["team_ids"] = "[]",
        ["inbox_ids"] = "[]",
        ["redirect_uris"] = "[\"https://app.example.com/callback\"]",
        ["post_logout_redirect_uris"] = "[\"https://app.example.com/\"]",
        ["OAuthApp.name"] = "\"Back office\"",
        ["client_secret"] = "\"hs_app_4fGqs0mZ1nE2xAmPl3oNlYnOtArEaLsEcReTaTaLl00Xy1Zab3dQ\"",
        ["device"] = "\"Firefox on Linux\"",
        ["user_agent"] = "\"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\"",
        ["address"] = "\"203.0.113.7\"",
        ["app_name"] = "\"Back office\"",
        ["redirect_uri"] = "\"http://127.0.0.1:5080/sign-in/callback/sso_01h455vb4pex5vsknk084sn02q\"",
        ["default_role"] = "\"agent\"",
        ["SsoConnection.name"] = "\"Example ID\"",
        ["SsoConnection.client_id"] = "\"support\"",
        ["SsoConnection.scopes"] = "[\"openid\",\"email\",\"profile\"]",
        ["SsoConnection.roles"] = "[{\"claim\":\"groups\",\"value\":\"support-leads\",\"role\":\"manager\",\"role_id\":null}]",
        ["domain"] = "\"example.com\"",
        ["record_name"] = "\"_headless-support.example.com\"",
        ["record_value"] = "\"hs-verify-4fGqs0mZ1nE2xAmPl3oNlYnOtArEaLtOkEnAtAlL00Xy1Zab\"",
        ["Tag.name"] = "\"billing\"",
        ["Team.name"] = "\"Billing\"",
        ["WebhookEndpoint.url"] = "\"https://example.com/webhooks\"",
        ["WebhookEndpoint.description"] = "\"Our CRM\"",
        ["event_types"] = "[\"ticket.*\"]",
        ["event_type"] = "\"ticket.created\"",
        ["filter"] = "\"priority>=high\"",
        ["header_names"] = "[\"X-Tenant\"]",
        ["signatures"] = "[\"v1\"]",
        ["public_keys"] = "[]",
        ["disabled_reason"] = "null",
        ["disabled_at"] = "null",
        ["failing_since"] = "null",
        ["success_rate"] = "0.99",
        ["last_error"] = "null",
        ["next_attempt_at"] = "null",
        ["WebhookEndpoint.secret"] = "\"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\"",
        ["WidgetKey.name"] = "\"Shop\"",
        ["WidgetKey.key"] = "\"wk_test_4fGqs0mZ1nE2xAmPl3oNlYnOtArEaLkEyAtAlL00Xy1Zab3dQ\"",
        ["WidgetKey.secret"] = "\"whk_4fGqs0mZ1nE2xAmPl3oNlYnOtArEaLsEcReTaTaLl00Xy1Zab3dQ\"",
        ["allowed_origins"] = "[\"https://shop.example\"]",
        ["jwks_url"] = "null",
        ["previous_secret_until"] = "null",
        ["require_identity"] = "false",
        ["jwt"] = "\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0NzExIn0.…\"",
        ["Invitation.expires_at"] = "\"2026-02-07T09:30:00Z\"",
        ["Invitation.accepted_at"] = "null",
        ["EndUserToken.expires_at"] = "\"2026-01-31T09:30:00Z\"",
        ["token"] = "\"hs_eut_CfDJ8…\"",
        ["visitor"] = "null",
        ["data_of_event"] = "{\"id\":\"tkt_01h455vb4pex5vsknk084sn02q\",\"subject\":\"The printer burns\",\"status\":\"open\"}",
        ["changes"] = "{\"status\":{\"from\":\"new\",\"to\":\"open\"}}",
        ["next_cursor"] = "null",
        ["has_more"] = "false",
        ["cut"] = "false",
        ["alike"] = "false",
        ["truncated"] = "false",
        ["is_machine"] = "false",
        ["deleted_at"] = "null",
        ["expires_at"] = "null",
        ["revoked_at"] = "null",
        ["rotated_to"] = "null",
        ["closed_at"] = "null",
        ["solved_at"] = "null",
        ["test_of"] = "null",
        ["problem"] = "null",
        ["clock_offset_seconds"] = "0",
        ["reopen_count"] = "0",
        ["size"] = "48213",
        ["status_of_result"] = "201",
    };

    public static void Add(OpenApiDocument document)
    {
        foreach (var operation in document.Paths.Values.SelectMany(p => p.Operations ?? []).Select(o => o.Value))
        {
            foreach (var (type, media) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
                Add(type, media, request: true);
            foreach (var response in (operation.Responses ?? []).Values.OfType<OpenApiResponse>())
            {
                foreach (var (type, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
                    Add(type, media, request: false);
            }
        }
        foreach (var (name, response) in document.Components?.Responses ?? new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal))
        {
            var status = ReferenceOperations.Problems.Single(p => p.Name == name).Status;
            foreach (var media in response.Content!.Values.OfType<OpenApiMediaType>())
                media.Example = JsonSerializer.SerializeToNode(Problem.Of(status), Json.Options);
        }
    }

    private static void Add(string type, OpenApiMediaType media, bool request)
    {
        if (media is OpenApiMediaType { Schema: { } schema } content && type.Contains("json", StringComparison.Ordinal))
            content.Example = Build("", "", schema, request, 0);
    }

    private static JsonNode? Build(string owner, string name, IOpenApiSchema schema, bool request, int depth)
    {
        if (Known(owner, name, schema) is { } known)
            return JsonNode.Parse(known);
        if (schema.OneOf is { Count: > 0 } options)
            return Build(owner, name, options.FirstOrDefault(o => o.Type != JsonSchemaType.Null) ?? options[0], request, depth);
        if (schema.Enum is { Count: > 0 } values)
            return values[0].DeepClone();
        var type = schema.Type is { } given ? given & ~JsonSchemaType.Null : JsonSchemaType.Object;
        return type switch
        {
            JsonSchemaType.String => Text(schema),
            JsonSchemaType.Integer or JsonSchemaType.Number => JsonValue.Create(long.TryParse(schema.Minimum, out var minimum) ? minimum : 1),
            JsonSchemaType.Boolean => JsonValue.Create(true),
            JsonSchemaType.Array => depth >= MaxDepth || schema.Items is null ? [] : new JsonArray(Build("", "", schema.Items, request, depth + 1)),
            _ => Object(schema, request, depth),
        };
    }

    private static string? Known(string owner, string name, IOpenApiSchema schema)
    {
        if (name.Length == 0)
            return null;
        if (name == "data" && schema.Type == JsonSchemaType.Object)
            return Values["data_of_event"];
        if (name == "status" && schema.Type == JsonSchemaType.Integer)
            return Values["status_of_result"];
        return Values.GetValueOrDefault($"{owner}.{name}") ?? Values.GetValueOrDefault(name);
    }

    private static JsonValue Text(IOpenApiSchema schema)
    {
        if (schema.Format == "date-time")
            return JsonValue.Create("2026-01-31T09:30:00Z");
        // A pattern of an id names its prefix; what follows is the same for all.
        return schema.Pattern is ['^', ..] pattern && pattern.IndexOf("_[0-7]", StringComparison.Ordinal) is > 0 and var end
            ? JsonValue.Create(pattern[1..end] + "_01h455vb4pex5vsknk084sn02q")
            : JsonValue.Create("text");
    }

    // A request shows what it must have and a little of what it can have; an answer shows all.
    private static JsonObject? Object(IOpenApiSchema schema, bool request, int depth)
    {
        var example = new JsonObject();
        if (depth >= MaxDepth)
            return null;
        var owner = schema is OpenApiSchemaReference { Reference.Id: { } id } ? Owner(id) : "";
        var extras = request ? 3 : int.MaxValue;
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
        {
            var required = schema.Required?.Contains(name) == true;
            if (!required && (extras-- <= 0 || name is "total" or "blocks" or "highlights" or "widget_key"))
                continue;
            // An item of a bulk is one thing or the other.
            if (owner == "BulkTicketItem" && name == "update")
                continue;
            if (request && !required && (name == "id" || name.EndsWith("_id", StringComparison.Ordinal)) && name != "external_id")
                continue;
            example[name] = Build(owner, name, member, request, depth + 1);
        }
        return example;
    }

    private static string Owner(string schema)
    {
        foreach (var verb in (string[])["Create", "Update"])
        {
            if (schema.StartsWith(verb, StringComparison.Ordinal) && schema.EndsWith("Request", StringComparison.Ordinal))
                return schema[verb.Length..^"Request".Length];
        }
        return schema;
    }
}
