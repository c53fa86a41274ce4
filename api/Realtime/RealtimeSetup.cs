using HeadlessSupport.Api.Platform.Http;
using Microsoft.AspNetCore.Http.Connections;
using StackExchange.Redis;

namespace HeadlessSupport.Api.Realtime;

internal static class RealtimeSetup
{
    public static IServiceCollection AddRealtime(this IServiceCollection services, IConfiguration configuration)
    {
        var signalR = services.AddSignalR(o =>
        {
            o.MaximumReceiveMessageSize = 8 * 1024;
            o.KeepAliveInterval = TimeSpan.FromSeconds(15);
            o.ClientTimeoutInterval = TimeSpan.FromSeconds(45);
            o.StatefulReconnectBufferSize = 0;
        }).AddJsonProtocol(o => Json.Configure(o.PayloadSerializerOptions));
        // Events need no backplane, each node reads them for itself; presence and typing do.
        if (configuration["Live:Redis"] is { Length: > 0 } redis)
        {
            signalR.AddStackExchangeRedis(redis, o =>
            {
                o.Configuration.ChannelPrefix = RedisChannel.Literal("headless-support");
                o.Configuration.AbortOnConnectFail = false;
            });
        }
        services.AddSingleton<LiveConnections>();
        services.AddHostedService(p => p.GetRequiredService<LiveConnections>());
        services.AddSingleton<LivePresence>();
        services.AddHostedService(p => p.GetRequiredService<LivePresence>());
        return services;
    }

    public static void MapRealtime(this WebApplication app) => app.MapHub<LiveHub>(LiveHub.Path, o =>
    {
        // Long polling makes a request of its own of every message, each to be let in anew: WebSockets, or server-sent events where a proxy forbids them.
        o.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents;
        o.CloseOnAuthenticationExpiration = true;
        o.ApplicationMaxBufferSize = 32 * 1024;
        o.TransportMaxBufferSize = 64 * 1024;
    });
}
