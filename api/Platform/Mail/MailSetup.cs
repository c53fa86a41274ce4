namespace HeadlessSupport.Api.Platform.Mail;

internal static class MailSetup
{
    public static void AddMail(this IServiceCollection services) => services.AddSingleton<MailOutbox>();
}
