package io.tracestore.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command itself, which does nothing without a subcommand. */
@Command(
    name = "tracestore",
    description = "Stores, finds and shows flow-execution traces in any store, named by its URI.",
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      ImportCommand.class,
      QueryCommand.class,
      ShowCommand.class,
      ExportCommand.class,
      RestoreCommand.class,
      PurgeCommand.class,
      DeleteCommand.class,
      MigrateCommand.class,
      BackupCommand.class,
      HealthCommand.class,
      StatsCommand.class,
      ProvidersCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "'bench' measures stores and says which one fits (bench --help).",
      "A URI is scheme:body?option=value, such as sqlite:traces.db; 'providers' lists all.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
final class TracestoreCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("unused") // picocli sets it and shows the version
  private boolean version;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing, such as demo or query");
  }
}
