using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Debian's Chromium without a screen, one for all tests; ./test installs it.</summary>
internal static class Chromium
{
    private static readonly string[] Arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"];
    private static readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> Shared = new(StartAsync);

    /// <summary>A window of its own: nobody is signed in there.</summary>
    public static async Task<Tab> OpenAsync(Uri url) =>
        await Tab.OpenAsync(await (await Shared.Value).Browser.NewContextAsync(new() { BaseURL = url.ToString() }));

    public static async Task StopAsync()
    {
        if (!Shared.IsValueCreated)
            return;
        var (driver, browser) = await Shared.Value;
        await browser.CloseAsync();
        driver.Dispose();
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
        Assert.True(path is not null, "Chromium is not installed: ./test api installs it.");
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments }));
    }
}

/// <summary>One window, and what it complained of.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private const int Narrow = 320;
    private const int Wide = 1100;
    private readonly List<string> complaints = [];

    private Tab(IPage page) => Page = page;

    public IPage Page { get; }

    public static async Task<Tab> OpenAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(60_000);
        await context.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))");
        var tab = new Tab(await context.NewPageAsync());
        tab.Page.PageError += (_, error) => tab.Note(error);
        tab.Page.Console += (_, line) =>
        {
            // That a page itself answers 401 or 422 is right.
            if (line.Type == "error" && !(line.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal) && !line.Location.Contains("/assets/", StringComparison.Ordinal)))
                tab.Note($"{line.Text} ({line.Location})");
        };
        return tab;
    }

    public async Task<string> TitleAsync() => await Page.Locator("h1").InnerTextAsync();

    public Task GoAsync(string path) => Page.GotoAsync(path);

    public Task FillAsync(string name, string value) => Page.Locator($"input[name={name}]").FillAsync(value);

    /// <summary>Presses the button or follows the link of this text, and waits for the page that comes.</summary>
    public async Task PressAsync(string text)
    {
        var button = Page.GetByRole(AriaRole.Button, new() { Name = text, Exact = true }).Or(Page.GetByRole(AriaRole.Link, new() { Name = text, Exact = true }));
        await LeaveAsync(() => button.ClickAsync());
    }

    /// <summary>Does what leads to another page, and waits until that is there.</summary>
    public async Task LeaveAsync(Func<Task> act)
    {
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Loaded(object? sender, IPage page) => loaded.TrySetResult();
        Page.Load += Loaded;
        try
        {
            await act();
            await loaded.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
        finally
        {
            Page.Load -= Loaded;
        }
    }

    /// <summary>Fills in the sign-in page that it shows.</summary>
    public async Task SignInAsync(Staff staff, string? password = null)
    {
        await FillAsync("email", staff.Email);
        await FillAsync("password", password ?? staff.Password);
        await PressAsync("Sign in");
    }

    /// <summary>What every page must be: readable for all in light and dark, whole on a small screen, usable by keyboard, without a complaint of the browser.</summary>
    public async Task MustBeGoodAsync(string title, string name)
    {
        Assert.Equal(title, await TitleAsync());
        await KeyboardMustReachEverythingAsync(name);
        foreach (var width in new[] { Narrow, Wide })
        {
            await Page.SetViewportSizeAsync(width, 800);
            Assert.True(await Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, $"{name} is wider than {width} pixels.");
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await PictureAsync($"{name}-{width}-{scheme}");
                var found = (await Page.RunAxe()).Violations;
                Assert.True(found.Length == 0, $"{name}, {scheme}, {width}: {string.Join('\n', found.Select(v => $"{v.Id}: {v.Help}: {string.Join(", ", v.Nodes.Select(n => n.Html))}"))}");
            }
        }
        lock (complaints)
            Assert.True(complaints.Count == 0, $"{name}: {string.Join('\n', complaints)}");
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    // Once round with the Tab key, in the order of the page, and one always sees where one is. On the way one comes past the browser's own buttons.
    private async Task KeyboardMustReachEverythingAsync(string name)
    {
        const string Reachable = "[...document.querySelectorAll('a[href], button, input:not([type=hidden])')].filter(e => e.checkVisibility())";
        var all = await Page.EvaluateAsync<int>($"{Reachable}.length");
        var visited = new List<int>();
        for (var i = 0; i <= all; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            var at = await Page.EvaluateAsync<int>($"{Reachable}.indexOf(document.activeElement)");
            if (at < 0)
                continue;
            visited.Add(at);
            var outline = await Page.EvaluateAsync<string>("(s => s.outlineStyle + ' ' + s.outlineWidth)(getComputedStyle(document.activeElement))");
            Assert.True(outline == "solid 3px", $"{name}: the focus of element {at} is not seen: {outline}.");
        }
        Assert.Equal(Enumerable.Range(0, all).Select(i => (i + visited.FirstOrDefault()) % all), visited);
    }

    // For people: SCREENSHOTS names a folder.
    private async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    private void Note(string complaint)
    {
        lock (complaints)
            complaints.Add(complaint);
    }
}
