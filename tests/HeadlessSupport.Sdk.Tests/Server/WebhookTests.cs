using System.Threading.Channels;
using HeadlessSupport.Api.Tests;
using HeadlessSupport.AspNetCore;
using HeadlessSupport.Sdk.Tests.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Sdk.Tests.Server;

public sealed class WebhookTests
{
    private readonly HeadlessSupportWebhookOptions options = new();
    private readonly Channel<Event> came = System.Threading.Channels.Channel.CreateUnbounded<Event>();

    [Fact]
    public async Task Events_reach_a_receiver_made_with_this_package_also_while_and_after_the_secret_is_rotated()
    {
        var org = await World.NewOrganizationAsync();
        using var hs = new HeadlessSupportClient(org.Secret, org.World.Url.ToString());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var ct = patience.Token;
        // As settings would be set once the endpoint is made.
        options.Secrets = ["whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"];
        await using var site = await Site.StartAsync(
            builder => builder.Services.AddSingleton(came.Writer).AddHeadlessSupportWebhooks(o => o.Secrets = options.Secrets).AddSingleton<Microsoft.Extensions.Options.IOptionsMonitor<HeadlessSupportWebhookOptions>>(new Current(options)),
            app => app.MapHeadlessSupportWebhook("/hooks/support", (Event e, ChannelWriter<Event> writer, CancellationToken c) => writer.WriteAsync(e, c).AsTask()));
        var endpoint = await hs.WebhookEndpoints.CreateAsync(new() { Url = site.Url + "/hooks/support", EventTypes = ["ticket.*"] }, ct);
        options.Secrets = [endpoint.Secret!];

        await hs.WebhookEndpoints.TestAsync(endpoint.Id, ct);
        Assert.IsType<WebhookEndpointTest>(await came.Reader.ReadAsync(ct));

        var ticket = await hs.Tickets.CreateAsync(new() { Subject = "Größe 🦁", Requester = new() { Email = "a@b.co" }, Comment = new() { Body = "It burns" } }, ct);
        var created = Assert.IsType<TicketCreated>(await came.Reader.ReadAsync(ct));
        Assert.Equal((ticket.Id, "Größe 🦁", ticket.Id), (created.Data.Id, created.Data.Subject, created.TicketId));

        // Both sign for a while: the receiver may know either.
        var rotated = await hs.WebhookEndpoints.RotateSecretAsync(endpoint.Id, new() { OverlapSeconds = 3600 }, ct);
        Assert.NotEqual(endpoint.Secret, rotated.Secret);
        await ReplyAsync(hs, ticket.Id, "old", ct);
        options.Secrets = [rotated.Secret!, endpoint.Secret!];
        await ReplyAsync(hs, ticket.Id, "both", ct);
        options.Secrets = [rotated.Secret!];
        await ReplyAsync(hs, ticket.Id, "new", ct);

        // Without an overlap only the new one signs.
        var last = await hs.WebhookEndpoints.RotateSecretAsync(endpoint.Id, new() { OverlapSeconds = 0 }, ct);
        options.Secrets = [last.Secret!];
        await ReplyAsync(hs, ticket.Id, "last", ct);
    }

    [Fact]
    public async Task A_receiver_with_the_wrong_secret_tells_the_API_what_to_do()
    {
        var org = await World.NewOrganizationAsync();
        using var hs = new HeadlessSupportClient(org.Secret, org.World.Url.ToString());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var ct = patience.Token;
        await using var site = await Site.StartAsync(null, app =>
            app.MapHeadlessSupportWebhook("/hooks/support", (Event e, CancellationToken c) => came.Writer.WriteAsync(e, c).AsTask(), "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"));
        var endpoint = await hs.WebhookEndpoints.CreateAsync(new() { Url = site.Url + "/hooks/support", EventTypes = ["ticket.*"] }, ct);

        await hs.WebhookEndpoints.TestAsync(endpoint.Id, ct);

        var attempt = await FirstAttemptAsync(hs, endpoint.Id, ct);
        Assert.Equal(400, attempt.Status);
        Assert.Contains("Check that the secret set here", attempt.Answer, StringComparison.Ordinal);
        Assert.False(came.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task A_page_calls_the_API_with_the_token_that_the_site_gave_it()
    {
        var org = await World.NewOrganizationAsync();
        await using var site = await Site.StartAsync(
            builder =>
            {
                builder.Services.AddHeadlessSupport(o => (o.ApiKey, o.BaseAddress) = (org.Secret, org.World.Url));
                builder.Services.AddHealthChecks().AddHeadlessSupport();
            },
            app =>
            {
                app.MapHeadlessSupportEndUserToken("/support/token", _ => new PersonReference { ExternalId = "4711", Name = "Mia" });
                app.MapHealthChecks("/health");
            });

        using var answer = await site.Http.PostAsync("/support/token", null);
        using var token = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var text = token.RootElement.GetProperty("token").GetString()!;
        using var customer = new HeadlessSupportClient(new HeadlessSupportOptions { BaseAddress = org.World.Url, AccessToken = _ => ValueTask.FromResult(text) });

        Assert.Equal("4711", (await customer.Me.GetAsync()).User.ExternalId);
        Assert.Equal("Healthy", await site.Http.GetStringAsync("/health"));
    }

    private static async Task<WebhookAttempt> FirstAttemptAsync(HeadlessSupportClient hs, string endpointId, CancellationToken ct)
    {
        while (true)
        {
            await foreach (var delivery in hs.WebhookEndpoints.Deliveries.ListAsync(endpointId, cancellationToken: ct))
            {
                if ((await hs.WebhookEndpoints.Deliveries.GetAsync(endpointId, delivery.Id, ct)).Attempts is [var first, ..])
                    return first;
            }
            await Task.Delay(25, ct);
        }
    }

    /// <summary>Replies, and waits until the reply comes by webhook.</summary>
    private async Task ReplyAsync(HeadlessSupportClient hs, string ticketId, string text, CancellationToken ct)
    {
        var written = await hs.Tickets.Comments.CreateAsync(ticketId, new() { Body = text }, ct);
        Event next;
        do
        {
            next = await came.Reader.ReadAsync(ct);
        }
        while (next is not TicketReplied { Data: var reply } || reply.Id != written.Id);
    }

    private sealed class Current(HeadlessSupportWebhookOptions options) : Microsoft.Extensions.Options.IOptionsMonitor<HeadlessSupportWebhookOptions>
    {
        public HeadlessSupportWebhookOptions CurrentValue => options;

        public HeadlessSupportWebhookOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<HeadlessSupportWebhookOptions, string?> listener) => null;
    }
}
