namespace HeadlessSupport.Api.Tests;

/// <summary>Waits for what comes soon, but not at once.</summary>
internal static class Try
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(20);

    /// <summary>Asks again until there is an answer; fails after 20 seconds.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> ask) where T : class
    {
        var until = DateTime.UtcNow + AtMost;
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            Assert.True(DateTime.UtcNow < until, "It did not come.");
            await Task.Delay(25);
        }
    }

    /// <summary>Asks again until the answer has this status; fails with the last one after 20 seconds.</summary>
    public static async Task<Answer> UntilAsync(int status, Func<Task<Answer>> ask)
    {
        var until = DateTime.UtcNow + AtMost;
        var answer = await ask();
        while (answer.Status != status && DateTime.UtcNow < until)
        {
            await Task.Delay(25);
            answer = await ask();
        }
        return answer.MustBe(status);
    }
}
