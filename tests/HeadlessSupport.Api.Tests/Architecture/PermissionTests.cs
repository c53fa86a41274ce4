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
        ["/dev/mail"] = "404 but in the demo, which is reached from this machine only and has no real mail.",
        ["/dev/mail/{name}"] = "The same.",
        ["/errors/{code}"] = "Every problem's type leads here.",
    };

    private static readonly Dictionary<string, string> AnonymousBelow = new(StringComparer.Ordinal)
    {
        ["/oauth/"] = "OAuth's own endpoints: OpenIddict checks whoever calls them, or they are pages.",
        ["/sign-in"] = "Whoever signs in has no credential yet; what belongs to someone asks for the sign-in cookie.",
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
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Where(r => !AnonymousBelow.Keys.Any(below => r.StartsWith(below, StringComparison.Ordinal))).ToHashSet(StringComparer.Ordinal);
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

    [Theory]
    [InlineData("admin")]
    [InlineData("manager")]
    [InlineData("agent")]
    [InlineData("customer")]
    [InlineData("custom")]
    public async Task Every_action_lets_in_exactly_those_roles_that_the_table_says(string role)
    {
        var org = await Furnished.NewAsync();
        string[] custom = ["tickets.read", "users.read", "teams.manage", "audit.read"];
        var permissions = role == "custom" ? custom : Vocabulary.Of(role);
        var api = role switch
        {
            "custom" => await new Staff(org.Org).WithRoleAsync(custom),
            // No key acts as a customer, whose own tokens are narrower still: this is what the words alone allow.
            "customer" => await org.Org.WithScopesAsync([.. permissions]),
            _ => await new Staff(org.Org).OfAsync(role),
        };
        var failures = new Failures();
        var allowed = 0;
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => !r.IsAnonymous))
        {
            var answer = route.TakesUpload ? await api.UploadAsync("Hello."u8.ToArray(), "hello.txt") : await api.SendAsync(route.Method, route.Path(org), Json.Content(Bodies.For(route, org)));
            var may = route.Permissions.All(p => p == RequiresAttribute.Member || permissions.Contains(p));
            allowed += may ? 1 : 0;
            failures.Unless(may ? answer.Status is not (401 or 403) : answer is { Status: 403, Code: "forbidden" }, route, answer, $"for {role}, who may{(may ? "" : " not")}");
        }
        failures.MustBeNone();
        Assert.InRange(allowed, 5, RouteTable.Of(org.Org.World).Count);
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
        .Select(c => $"{c[0]} {int.Parse(c[1]) + (c[0] switch { "api_keys" or "users" => keys, "audit_entries" => keys, "events" => 2 * keys, _ => 0 })}"));
}
