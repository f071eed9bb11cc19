package io.tracestore.bench.app;

import io.tracestore.spi.TraceStoreException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Runs {@code tracestore bench} in a JVM of its own. */
public final class Main {
  /** Done. */
  static final int OK = 0;

  /** The exit code of a failure, or of a run in which something became slower. */
  static final int FAILED = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  private Main() {}

  /**
   * Runs the command and ends the JVM. {@code jmh} is JMH's own command, with its own arguments.
   *
   * @param args the command line after {@code bench}
   * @throws IOException from JMH
   */
  public static void main(String[] args) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    System.exit(run(out, err, args));
  }

  /** Runs the command; its exit code. */
  static int run(PrintStream out, PrintStream err, String... args) {
    CommandLine commands = new CommandLine(new BenchCommand(out));
    commands.addSubcommand(new CompareCommand(out));
    commands.addSubcommand(new ReportCommand(out));
    commands.addSubcommand(new CleanCommand(out));
    commands.addSubcommand(new SpansCommand(out));
    commands.registerConverter(Path.class, Path::of);
    commands.setCommandName("tracestore bench");
    commands.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    commands.setUsageHelpWidth(100);
    commands.setParameterExceptionHandler((e, ignored) -> wrongUsage(e, err));
    commands.setExecutionExceptionHandler((e, command, parsed) -> failed(e, err));
    return commands.execute(args);
  }

  private static int wrongUsage(ParameterException e, PrintStream err) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println("tracestore: %s (%s --help)".formatted(message(e), command));
    return USAGE;
  }

  private static int failed(Exception e, PrintStream err) {
    err.println("tracestore: " + message(e));
    return e instanceof IllegalArgumentException ? USAGE : FAILED;
  }

  private static String message(Exception e) {
    if (e instanceof NoSuchFileException missing) {
      return "there is no file " + missing.getFile();
    }
    boolean expected =
        e instanceof BenchException
            || e instanceof TraceStoreException
            || e instanceof ParameterException
            || e instanceof IllegalArgumentException
            || e instanceof IOException;
    @Nullable String message = e.getMessage();
    return expected && message != null ? message : "internal error: " + e;
  }
}
