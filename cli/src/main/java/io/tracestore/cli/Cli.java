package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.OutputClosedException;
import io.tracestore.spi.TraceStoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The whole command: parses its arguments, runs it, and says in one line what went wrong. */
public final class Cli {
  /** Everything that was asked for was done. */
  static final int OK = 0;

  /** Something was not done. */
  static final int FAILED = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  private final Console console;

  /** A command that writes to {@code console}. */
  public Cli(Console console) {
    this.console = Objects.requireNonNull(console, "console");
  }

  /**
   * Runs one command line.
   *
   * @return 0 if all was done, 1 if something failed, 2 for wrong usage
   */
  public int run(String... args) {
    try {
      int exitCode = commandLine().execute(args);
      if (exitCode == OK) {
        console.flush();
      } else {
        flushWhatCanBe();
      }
      return exitCode;
    } catch (OutputClosedException e) {
      return OK;
    } catch (TraceStoreException e) {
      console.error("tracestore: " + e.getMessage());
      return FAILED;
    }
  }

  /**
   * Results of a command that failed; if they cannot be written, that is not said a second time.
   */
  private void flushWhatCanBe() {
    try {
      console.flush();
    } catch (OutputClosedException | TraceStoreException e) {
      // The command's own error was the first.
    }
  }

  private CommandLine commandLine() {
    CommandLine commands = new CommandLine(new TracestoreCommand(), new Commands(console));
    commands.registerConverter(Duration.class, Converters::duration);
    commands.registerConverter(Instant.class, Converters::instant);
    commands.registerConverter(Path.class, Path::of);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setUsageHelpWidth(Math.min(console.columns(), 100));
    commands.setUsageHelpAutoWidth(false);
    commands.setExpandAtFiles(false);
    commands.setOut(new PrintWriter(console.stream(), true, StandardCharsets.UTF_8));
    commands.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    commands.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            console.style().enabled() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    commands.setParameterExceptionHandler((e, args) -> wrongUsage(e));
    commands.setExecutionExceptionHandler((e, command, parsed) -> failed(e, parsed));
    return commands;
  }

  private int wrongUsage(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    console.error("tracestore: %s (%s --help)".formatted(firstLine(e.getMessage()), command));
    return USAGE;
  }

  private int failed(Exception e, ParseResult parsed) {
    if (e instanceof OutputClosedException) {
      return OK;
    }
    boolean verbose = isVerbose(parsed);
    if (Thread.currentThread().isInterrupted()) {
      // Ctrl-C: what failed because of it is not the reason.
      console.error("tracestore: interrupted");
    } else if (e instanceof CommandFailedException || e instanceof TraceStoreException) {
      console.error("tracestore: " + firstLine(e.getMessage()));
    } else {
      console.error(
          "tracestore: internal error: %s%s"
              .formatted(e, verbose ? "" : " (--verbose shows where)"));
    }
    if (verbose) {
      StringWriter stack = new StringWriter();
      e.printStackTrace(new PrintWriter(stack));
      console.errorText(stack.toString());
    }
    return e instanceof CommandFailedException failed ? failed.exitCode() : FAILED;
  }

  private static boolean isVerbose(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.commandSpec().userObject() instanceof BaseCommand command && command.isVerbose();
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "unknown reason" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** Makes the commands, each with the console. */
  private static final class Commands implements CommandLine.IFactory {
    private final Console console;

    Commands(Console console) {
      this.console = console;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (BaseCommand.class.isAssignableFrom(type)) {
        Constructor<K> constructor = type.getDeclaredConstructor(Console.class);
        return constructor.newInstance(console);
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
