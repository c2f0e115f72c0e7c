export const taskStatuses = ['new', 'ready', 'active', 'in_progress', 'blocked', 'review', 'done', 'dropped'];
export const priorities = ['p0', 'p1', 'p2', 'p3'];
export const severities = ['sev1', 'sev2', 'sev3', 'sev4'];
export const projectStatuses = [
  'new',
  'pending',
  'assigned',
  'active',
  'in_progress',
  'paused',
  'blocked',
  'completed',
  'closed',
  'cancelled',
];
export const sprintStatuses = [
  'new',
  'planning',
  'pending',
  'assigned',
  'active',
  'in_progress',
  'blocked',
  'completed',
  'closed',
  'cancelled',
];
export const cadences = ['weekly', 'biweekly', 'monthly', 'custom'];
