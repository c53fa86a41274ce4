using System.Net.Http.Headers;
using System.Text;

namespace HeadlessSupport.Api.Tests.Platform.Jobs;

public sealed class JobsDashboardTests
{
    [Fact]
    public async Task The_operator_sees_the_jobs_and_nobody_else_does()
    {
        var org = await World.NewOrganizationAsync();
        var world = org.World;
        foreach (var path in (string[])["/jobs", "/jobs/recurring", "/jobs/css-dark"])
        {
            var stranger = (await world.Anonymous.GetAsync(path)).MustBe(401);
            Assert.StartsWith("Basic ", stranger.Header("WWW-Authenticate")!, StringComparison.Ordinal);
            (await org.Api.GetAsync(path)).MustBe(403);
        }
        (await world.Operator.GetAsync("/jobs")).MustBe(200);
        var page = (await world.Anonymous.GetAsync("/jobs/recurring", ("Authorization", Basic("me", World.OperatorKey)))).MustBe(200);
        var text = Encoding.UTF8.GetString(page.Body);
        Assert.Contains("sweep-webhooks", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("no-store", page.Header("Cache-Control"), StringComparison.Ordinal);
        foreach (var wrong in (string[])[Basic("me", "wrong"), Basic("me", org.Secret + "x"), "Basic !!!", "Basic"])
            (await world.Anonymous.GetAsync("/jobs", ("Authorization", wrong))).MustBe(401);
    }

    [Fact]
    public async Task Nothing_can_be_changed_there()
    {
        var world = await World.GetAsync();
        using var form = new FormUrlEncodedContent([new("jobs[]", "sweep-webhooks")]);
        var answer = await world.Operator.SendAsync(HttpMethod.Post, "/jobs/recurring/remove", form);
        Assert.InRange(answer.Status, 400, 499);
        var page = (await world.Operator.GetAsync("/jobs/recurring")).MustBe(200);
        Assert.Contains("sweep-webhooks", Encoding.UTF8.GetString(page.Body), StringComparison.Ordinal);
    }

    private static string Basic(string name, string password) => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))).ToString();
}
