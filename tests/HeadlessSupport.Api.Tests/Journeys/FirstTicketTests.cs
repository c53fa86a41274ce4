namespace HeadlessSupport.Api.Tests.Journeys;

public sealed class FirstTicketTests
{
    [Fact]
    public async Task A_ticket_is_created_answered_found_and_closed()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync(new { priority = "urgent", tags = new[] { "Hardware" } });
        var id = ticket.GetProperty("id").GetString();

        (await org.Api.PostAsync($"tickets/{id}/comments", new { body = "On my way." })).MustBe(201);
        var found = await org.Api.GetAsync("tickets?status=open&tag=hardware");
        Assert.Equal(id, found.MustBe(200).Json.GetProperty("data")[0].GetProperty("id").GetString());

        var closed = await org.Api.PutAsync($"tickets/{id}/status", new { status = "closed" });
        Assert.Equal("closed", closed.MustBe(200).Text("status"));
    }

    [Fact]
    public async Task Two_organizations_cannot_see_each_other()
    {
        var acme = await World.NewOrganizationAsync();
        var globex = await World.NewOrganizationAsync();
        var ticket = await acme.TicketAsync();

        (await globex.Api.GetAsync($"tickets/{ticket.GetProperty("id").GetString()}")).MustRefuse(404, "not_found");
        Assert.Empty((await globex.Api.GetAsync("tickets")).Json.GetProperty("data").EnumerateArray());
    }
}
