/** How a system message in mid-conversation stands in a user's turn, in the client's own form (row 5). */
export const systemReminder = (text: string): string => `<system-reminder>\n${text}\n</system-reminder>`;
