using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>Generated from the route table: nobody gets where they may not.</summary>
public sealed class PermissionTests
{
    private static readonly Dictionary<string, string> Anonymous = new(StringComparer.Ordinal)
    {
        ["Files_Get"] = "The signed, short-lived URL is the credential: browsers follow it without ours.",
        ["WidgetTokens_Create"] = "Whoever is at a web page has no credential yet; the widget key in the path is public.",
    };

    private static readonly Dictionary<string, string> AnonymousBesideControllers = new(StringComparer.Ordinal)
    {
        ["/"] = "Leads to the documentation.",
        ["/openapi/{documentName}.json"] = "The contract is public.",
        ["/openapi/{documentName}.yaml"] = "The contract is public.",
        ["/health/live"] = "Orchestrators ask without a credential, and are told a word.",
        ["/health/ready"] = "Orchestrators ask without a credential, and are told a word.",
        ["/errors/{code}"] = "Every problem's type leads here.",
    };

    [Fact]
    public async Task Every_action_names_a_permission_or_stands_on_the_anonymous_list()
    {
        var routes = RouteTable.Of(await World.GetAsync());
        Assert.NotEmpty(routes);
        Assert.Equal(Anonymous.Keys, routes.Where(r => r.IsAnonymous).Select(r => r.Name));
        Assert.Empty(routes.Where(r => !r.IsAnonymous && r.Permissions.Count == 0).Select(r => r.Name));
        Assert.Empty(routes.Where(r => r.IsAnonymous && r.Permissions.Count > 0).Select(r => r.Name));
    }

    [Fact]
    public async Task Every_other_endpoint_without_a_credential_stands_on_the_list()
    {
        var world = await World.GetAsync();
        var open = world.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ControllerActionDescriptor>() is null && e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(AnonymousBesideControllers.Keys.Where(open.Contains).Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
        Assert.Contains("/health/live", open);
    }

    [Fact]
    public async Task Every_permission_is_a_word_of_the_vocabulary()
    {
        var words = Vocabulary.All.Append(RequiresAttribute.Operator).Append(RequiresAttribute.Member).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Vocabulary.All.Length, Vocabulary.All.Distinct(StringComparer.Ordinal).Count());
        Assert.Subset(words, RouteTable.Of(await World.GetAsync()).SelectMany(r => r.Permissions).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_key_with_every_scope_but_the_one_needed_is_refused_everywhere()
    {
        var org = await Furnished.NewAsync();
        var before = await org.RowsAsync();
        var keys = new Dictionary<string, Api>(StringComparer.Ordinal);
        var made = 0;
        var failures = new Failures();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => !r.IsAnonymous))
        {
            // Everyone of an organization is a member of it: there is no key that is none.
            foreach (var permission in route.Permissions.Where(p => p != RequiresAttribute.Member))
            {
                if (!keys.TryGetValue(permission, out var api))
                {
                    keys[permission] = api = await org.Org.WithScopesAsync([.. Vocabulary.All.Where(p => p != permission)]);
                    made++;
                }
                var answer = await api.SendAsync(route.Method, route.Path(org), Json.Content(Bodies.For(route, org)));
                var named = permission == RequiresAttribute.Operator ? "operator" : permission;
                failures.Unless(answer is { Status: 403, Code: "forbidden" } && answer.Text("detail").Contains(named, StringComparison.Ordinal), route, answer);
            }
        }
        failures.MustBeNone();
        Assert.Equal(WithKeys(before, made), await org.RowsAsync());
    }

    [Fact]
    public async Task Without_a_credential_every_action_answers_401()
    {
        var org = await Furnished.NewAsync();
        var failures = new Failures();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => !r.IsAnonymous))
        {
            var answer = await org.Org.World.Anonymous.SendAsync(route.Method, route.Path(org), Json.Content(Bodies.For(route, org)));
            failures.Unless(answer is { Status: 401, Code: "unauthenticated" } && answer.Header("WWW-Authenticate") == "Bearer", route, answer);
        }
        failures.MustBeNone();
    }

    [Fact]
    public async Task The_operator_gets_into_no_organizations_own_routes()
    {
        var org = await Furnished.NewAsync();
        var failures = new Failures();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => r is { IsAnonymous: false, IsForOperator: false }))
        {
            var answer = await org.Org.World.Operator.SendAsync(route.Method, route.Path(org), Json.Content(Bodies.For(route, org)));
            failures.Unless(answer is { Status: 403, Code: "forbidden" }, route, answer);
        }
        failures.MustBeNone();
    }

    // The keys of the test itself are rows too: each with its machine user, and an event for both.
    private static string WithKeys(string rows, int keys) => string.Join(", ", rows.Split(", ").Select(c => c.Split(' '))
        .Select(c => $"{c[0]} {int.Parse(c[1]) + (c[0] switch { "api_keys" or "users" => keys, "events" => 2 * keys, _ => 0 })}"));
}
