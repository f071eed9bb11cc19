package io.tracestore.migration;

/**
 * What an export wrote.
 *
 * @param traces how many traces
 * @param events how many events in them
 */
public record BackupReport(long traces, long events) {}
