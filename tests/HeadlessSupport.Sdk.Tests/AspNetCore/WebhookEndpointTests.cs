using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using HeadlessSupport.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HeadlessSupport.Sdk.Tests.AspNetCore;

public sealed class WebhookEndpointTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string OtherSecret = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY";
    private readonly ConcurrentQueue<string> handled = new();

    public interface IMyService
    {
        Task Handle(Ticket ticket, CancellationToken ct);
    }

    [Fact]
    public async Task A_service_handles_events_of_the_type_that_its_lambda_names()
    {
        await using var site = await Site.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(handled).AddScoped<IMyService, MyService>();
                builder.Services.AddHeadlessSupportWebhooks(o => o.Secrets = [Secret]);
            },
            app => app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, IMyService s, CancellationToken ct) => s.Handle(e.Data, ct)));

        using var answer = await site.SendAsync(Created("Printer on fire"), Secret);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(["Printer on fire"], handled);
    }

    [Fact]
    public async Task Events_of_other_types_are_accepted_and_left_alone()
    {
        await using var site = await HandlingAsync();

        using var known = await site.SendAsync(Happened("ticket.replied", """{"id":"cmt_1"}"""), Secret);
        using var unknown = await site.SendAsync(Happened("moon.landed", """{"id":"moon_1"}"""), Secret);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (known.StatusCode, unknown.StatusCode));
        Assert.Empty(handled);
    }

    [Fact]
    public async Task All_handlers_that_an_event_is_for_are_called_in_their_order()
    {
        await using var site = await Site.StartAsync(
            builder => builder.Services.AddSingleton(handled),
            app => app.MapHeadlessSupportWebhook(
                "/hooks/support",
                hooks => hooks
                    .On<TicketCreated>((e, _) => NoteAsync($"first {e.Data.Subject}"))
                    .On((TicketCreated e, ConcurrentQueue<string> notes, CancellationToken _) => NoteAsync($"second {e.Data.Subject}"))
                    .On<TicketReplied>((_, _) => NoteAsync("reply"))
                    .OnAny((e, _) => NoteAsync($"any {e.Type}"))
                    .OnAny((Event e, ConcurrentQueue<string> notes, CancellationToken _) => NoteAsync($"any by service {e.Type}")),
                Secret));

        using var created = await site.SendAsync(Created("A"), Secret);
        using var unknown = await site.SendAsync(Happened("moon.landed", "{}"), Secret);

        Assert.Equal(["first A", "second A", "any ticket.created", "any by service ticket.created", "any moon.landed", "any by service moon.landed"], handled);
    }

    [Fact]
    public async Task What_another_signed_is_refused_with_what_to_do_and_logged_without_its_body()
    {
        await using var site = await HandlingAsync();

        using var answer = await site.SendAsync(Created("top secret subject"), OtherSecret);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Check that the secret", await ProblemAsync(answer), StringComparison.Ordinal);
        Assert.Contains("Warning A webhook was refused: No signature is by a secret", site.Logged, StringComparison.Ordinal);
        Assert.DoesNotContain("top secret", site.Logged, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, site.Logged, StringComparison.Ordinal);
        Assert.Empty(handled);
    }

    [Fact]
    public async Task A_changed_body_and_missing_headers_are_refused()
    {
        await using var site = await HandlingAsync();
        var headers = Webhooks.Sign(Encoding.UTF8.GetBytes(Created("A")), "evt_1", Secret, TimeProvider.System.GetUtcNow());

        using var changed = await site.SendAsync(Created("B"), headers);
        using var bare = await site.SendAsync(Created("A"), new Dictionary<string, string>());

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (changed.StatusCode, bare.StatusCode));
        Assert.Contains("webhook-id is missing", await ProblemAsync(bare), StringComparison.Ordinal);
        Assert.Empty(handled);
    }

    [Fact]
    public async Task Both_secrets_are_good_while_one_replaces_the_other()
    {
        await using var site = await Site.StartAsync(null, app =>
            app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => NoteAsync(e.Data.Subject), OtherSecret, Secret));

        using var old = await site.SendAsync(Created("old"), Secret);
        using var now = await site.SendAsync(Created("new"), OtherSecret);

        Assert.Equal(["old", "new"], handled);
    }

    [Fact]
    public async Task A_secret_that_changes_in_the_settings_is_used_from_then_on()
    {
        var settings = new Dictionary<string, string?> { ["Support:Secrets:0"] = Secret };
        IConfigurationRoot? configuration = null;
        await using var site = await Site.StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(settings);
                configuration = builder.Configuration;
                builder.Services.AddOptions<HeadlessSupportWebhookOptions>().BindConfiguration("Support");
            },
            app => app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => NoteAsync(e.Data.Subject)));

        configuration!["Support:Secrets:0"] = OtherSecret;
        configuration.Reload();
        using var old = await site.SendAsync(Created("old"), Secret);
        using var now = await site.SendAsync(Created("new"), OtherSecret);

        Assert.Equal(HttpStatusCode.BadRequest, old.StatusCode);
        Assert.Equal(["new"], handled);
    }

    [Fact]
    public async Task The_registered_clock_says_what_is_too_old()
    {
        var now = new DateTimeOffset(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);
        await using var site = await Site.StartAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(new Stopped(now)).AddHeadlessSupportWebhooks(o => (o.Secrets, o.Tolerance) = ([Secret], TimeSpan.FromMinutes(10))),
            app => app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => NoteAsync(e.Data.Subject)));

        using var fresh = await site.SendAsync(Created("A"), Secret, now.AddMinutes(-9));
        using var old = await site.SendAsync(Created("B"), Secret, now.AddMinutes(-11));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (fresh.StatusCode, old.StatusCode));
        Assert.Contains("check this machine's clock", await ProblemAsync(old), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_handler_fails_the_answer_is_500_whatever_the_program_does_with_exceptions()
    {
        await using var site = await Site.StartAsync(null, app =>
        {
            app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => Results.Ok().ExecuteAsync(context) });
            app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => throw new InvalidOperationException("the database is away"), Secret);
        });

        using var answer = await site.SendAsync(Created("A"), Secret);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("database", await ProblemAsync(answer), StringComparison.Ordinal);
        Assert.Contains("Error The event evt_1 (ticket.created) was not handled. The API sends it again. System.InvalidOperationException: the database is away", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_what_its_class_needs_is_not_handled()
    {
        await using var site = await HandlingAsync();

        using var answer = await site.SendAsync(Happened("ticket.created", "null"), Secret);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_more_than_a_mebibyte_is_refused_whether_its_length_is_told_or_not(bool told)
    {
        await using var site = await HandlingAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hooks/support") { Content = new ByteArrayContent(new byte[(1024 * 1024) + 1]) };
        if (!told)
            request.Headers.TransferEncodingChunked = true;

        using var answer = await site.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("1048576 bytes", await ProblemAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_a_mebibyte_is_taken()
    {
        await using var site = await HandlingAsync();
        var empty = Created("").Length;

        using var answer = await site.SendAsync(Created(new string('x', (1024 * 1024) - empty)), Secret);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Webhooks_come_in_where_all_else_needs_a_sign_in_and_forms_a_token()
    {
        await using var site = await Site.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddCookie();
                builder.Services.AddAuthorization(o => o.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
                builder.Services.AddAntiforgery();
            },
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.UseAntiforgery();
                app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => NoteAsync(e.Data.Subject), Secret);
            });

        using var answer = await site.SendAsync(Created("A"), Secret);
        using var get = await site.Http.GetAsync("/hooks/support");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.NotEqual(HttpStatusCode.NoContent, get.StatusCode);
        Assert.Equal(["A"], handled);
    }

    [Fact]
    public async Task Several_endpoints_have_secrets_of_their_own()
    {
        await using var site = await Site.StartAsync(
            builder => builder.Services.AddHeadlessSupportWebhooks(o => o.Secrets = [Secret]),
            app =>
            {
                app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => NoteAsync("one"));
                app.MapGroup("/other").MapHeadlessSupportWebhook("/hook", (TicketCreated e, CancellationToken _) => NoteAsync("other"), OtherSecret);
            });

        using var one = await site.SendAsync(Created("A"), Secret);
        using var other = await site.SendAsync(Created("A"), OtherSecret, path: "/other/hook");
        using var wrong = await site.SendAsync(Created("A"), Secret, path: "/other/hook");

        Assert.Equal(["one", "other"], handled);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public void What_is_missing_stops_the_program_when_it_starts()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();

        Assert.Contains("AddHeadlessSupportWebhooks", Refusal(() => app.MapHeadlessSupportWebhook("/a", (TicketCreated e, CancellationToken _) => Task.CompletedTask)), StringComparison.Ordinal);
        Assert.Contains("whsec_ and base64", Refusal(() => app.MapHeadlessSupportWebhook("/a", (TicketCreated e, CancellationToken _) => Task.CompletedTask, "secret!")), StringComparison.Ordinal);
        Assert.Contains("IMyService, which is not registered", Refusal(() => app.MapHeadlessSupportWebhook("/a", (TicketCreated e, IMyService s, CancellationToken ct) => s.Handle(e.Data, ct), Secret)), StringComparison.Ordinal);
        Assert.Contains("no handler", Refusal(() => app.MapHeadlessSupportWebhook("/a", _ => { }, Secret)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_that_are_none_stop_the_host()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddHeadlessSupportWebhooks(o => o.Secrets = []);
        await using var app = builder.Build();

        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => app.StartAsync());

        Assert.Contains("Secrets must hold the webhook endpoint's secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_show_no_secret() =>
        Assert.DoesNotContain("whsec", new HeadlessSupportWebhookOptions { Secrets = [Secret] }.ToString(), StringComparison.Ordinal);

    private static string Created(string subject) => Happened("ticket.created", $$"""{"id":"tkt_1","subject":"{{subject}}"}""");

    private static string Happened(string type, string data) =>
        $$"""{"id":"evt_1","type":"{{type}}","sequence":1,"timestamp":"2026-01-02T03:04:05Z","organization_id":"org_1","ticket_id":"tkt_1","data":{{data}}}""";

    private static string Refusal(Action map) => Assert.Throws<InvalidOperationException>(map).Message;

    private static async Task<string> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((int)answer.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        return problem.RootElement.GetProperty("detail").GetString()!;
    }

    private Task<Site> HandlingAsync() => Site.StartAsync(null, app =>
        app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken _) => NoteAsync(e.Data.Subject), Secret));

    private Task NoteAsync(string what)
    {
        handled.Enqueue(what);
        return Task.CompletedTask;
    }

    private sealed class MyService(ConcurrentQueue<string> handled) : IMyService
    {
        public Task Handle(Ticket ticket, CancellationToken ct)
        {
            handled.Enqueue(ticket.Subject);
            return Task.CompletedTask;
        }
    }

    private sealed class Stopped(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
